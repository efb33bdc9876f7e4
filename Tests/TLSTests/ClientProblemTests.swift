import COpenSSL
import Glibc
import Testing

@testable import TLS

@Suite struct ClientProblemTests {
    let folder: TestFolder
    let authority: TestAuthority
    let now = Int64(time(nil))

    init() throws {
        folder = try TestFolder()
        authority = try TestAuthority(folder)
    }

    private func problems(_ options: ClientOptions, names: [String] = [], at moment: Int64? = nil) -> [TLSProblem] {
        let problems = ClientContext.problems(options, names: names, now: moment ?? now)
        #expect(problems.allSatisfy { $0.index == nil && !$0.message.isEmpty && !$0.remedy.isEmpty })
        return problems
    }

    /// What `check` finds, `run` must not use, and the other way round.
    private func isUsed(_ options: ClientOptions) -> Bool { (try? ClientContext(options)) != nil }

    @Test func `good options have no problem, and the context tells its certificate`() throws {
        let own = try authority.issue(.init(names: "", commonName: "tidegate", usage: "clientAuth"))
        let options = ClientOptions(authorities: authority.file, certificate: own, minimumVersion: .tls13)
        #expect(problems(options, names: ["a.internal", "127.0.0.1", "::1", "chat_1"]).isEmpty)
        #expect(try ClientContext(options).certificate?.subject == "CN=tidegate")
        #expect(problems(ClientOptions()).isEmpty && isUsed(ClientOptions()))
    }

    @Test func `files that are missing are told each`() {
        let none = folder.path + "/none"
        let options = ClientOptions(authorities: none + ".ca", certificate: .init(certificate: none + ".pem", key: none + ".key"))
        let found = problems(options)
        #expect(Set(found.map(\.file)) == [none + ".ca", none + ".pem", none + ".key"])
        #expect(found.allSatisfy { $0.kind == .missing } && !isUsed(options))
    }

    @Test func `authorities that are no certificates are refused`() throws {
        let text = try folder.write("hello\n", to: "text.pem")
        let half = try folder.write(String(folder.read(authority.file).dropLast(60)), to: "half.pem")
        for file in [text, half, try folder.write("", to: "empty.pem")] {
            let options = ClientOptions(authorities: file)
            #expect(problems(options).map(\.kind) == [.notPEM] && !isUsed(options))
        }
        #expect(problems(ClientOptions(authorities: folder.path)).map(\.kind) == [.unreadable])
    }

    @Test func `a key of another certificate is refused`() throws {
        let (one, other) = (try authority.issue("DNS:a"), try authority.issue("DNS:b"))
        let options = ClientOptions(certificate: .init(certificate: one.certificate, key: other.key))
        #expect(problems(options).map(\.kind) == [.keyMismatch] && !isUsed(options))
    }

    @Test func `what is out of its time is a warning`() throws {
        let own = try authority.issue(.init(names: "", from: -7200, until: -60, usage: "clientAuth"))
        let expired = ClientOptions(authorities: authority.file, certificate: own)
        #expect(problems(expired).map(\.kind) == [.expired] && isUsed(expired))
        let later = problems(ClientOptions(authorities: authority.file), at: now + 86400 * 365)
        #expect(later.map(\.kind) == [.expired] && later.allSatisfy(\.isWarning))
        let sooner = problems(ClientOptions(authorities: authority.file), at: now - 86400 * 365)
        #expect(sooner.map(\.kind) == [.notYetValid])
        // One that is valid is enough.
        let both = try folder.write(
            folder.read(authority.file) + folder.read(folder.certificate("x", notBefore: 0, notAfter: 86400).certificate), to: "both.pem")
        #expect(problems(ClientOptions(authorities: both)).isEmpty)
    }

    @Test func `a name that no certificate could be for is told, unless nobody is verified`() {
        let names = ["good.internal", "bad..internal", "[::1]"]
        #expect(problems(ClientOptions(authorities: authority.file), names: names).map(\.kind) == [.other, .other])
        #expect(problems(ClientOptions(authorities: authority.file, skipsVerification: true), names: names).isEmpty)
    }
}
