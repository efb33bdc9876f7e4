import Glibc
import Settings
import Wire

@testable import ControlPlane

/// Asks name servers of a test. Names end in a dot where the search list of this machine must not count.
struct ResolverBench {
    var servers: [NameServer]
    var families = LocalFamilies.both
    /// Milliseconds. Long, so that a slow machine gives no other answer; a test that waits for the end makes it short.
    var firstAttempt: Int32 = 10_000

    init(_ servers: TestNameServer...) { self.servers = servers.map(\.place) }

    func resolve(_ questions: Set<NameQuestion>, within time: Duration = .seconds(20)) -> [NameQuestion: NameAnswer] {
        // The library writes to connections that name servers of these tests have closed; the proxy ignores the signal as well.
        signal(SIGPIPE, SIG_IGN)
        let families = self.families
        return NameResolver(servers: servers, families: { families }, firstAttempt: firstAttempt).resolve(questions, within: time)
    }

    func resolve(_ question: NameQuestion, within time: Duration = .seconds(20)) -> NameAnswer? {
        resolve([question], within: time)[question]
    }

    func addresses(of name: String = "chat.test.") -> NameAnswer? { resolve(.addresses(name)) }

    /// As `resolve`, where the answer is why there is none; nil for another.
    func failure(_ question: NameQuestion = .addresses("chat.test."), within time: Duration = .seconds(20)) -> NameFailure? {
        if case .failed(let reason)? = resolve(question, within: time) { reason } else { nil }
    }
}

/// What is expected of an answer.
func found(_ texts: String..., ttl: UInt32 = 60) -> NameAnswer {
    .found(texts.map { FoundAddress(ip($0), ttl: ttl) })
}
