import Settings
import Transport

/// Turns names into addresses by c-ares: the hosts file and name servers, as the system is told, with the time that each answer may be
/// believed.
///
/// It blocks its caller, so it is asked on a thread of its own, and never by a worker. All questions of one call are asked at the same
/// time on that one thread. Nothing stays behind between two calls: a changed resolv.conf(5) or hosts(5) counts from the next one.
public struct NameResolver: Sendable {
    /// The names' share of a start: all questions of a call together.
    public static let patience: Duration = .seconds(10)

    private let lookUp: @Sendable (Set<NameQuestion>, Duration) -> [NameQuestion: NameAnswer]

    /// A resolver of any kind, for tests and for what knows its answers.
    ///
    /// - Parameter lookUp: blocks until it knows; a question that it does not answer has failed.
    public init(lookUp: @escaping @Sendable (Set<NameQuestion>, Duration) -> [NameQuestion: NameAnswer]) {
        self.lookUp = lookUp
    }

    /// - Parameter servers: whom to ask, in this order; none means those of resolv.conf(5). The search list is that of resolv.conf(5) in
    ///   either case.
    public init(servers: [NameServer] = []) {
        self.init(servers: servers, families: LocalFamilies.ofThisMachine)
    }

    /// - Parameter firstAttempt: milliseconds for the first message to a server; the second has twice, the third four times as long.
    init(servers: [NameServer], families: @escaping @Sendable () -> LocalFamilies, firstAttempt: Int32 = 1000) {
        self.init { questions, patience in
            // An hour is as good as forever, and adds up without overflow.
            let bounded = min(patience, .seconds(3600)).boundedNanoseconds
            let lookup = NameLookup(families: families(), firstAttempt: firstAttempt)
            return lookup.answer(questions, servers: servers, until: Clock.monotonic() + bounded)
        }
    }

    /// An answer for each of `questions`; what has none after `patience` has failed. A name server has seven seconds of it, in three
    /// attempts; with several, the next is asked after one second, or as soon as one says that it cannot answer.
    public func resolve(_ questions: Set<NameQuestion>, within patience: Duration = patience) -> [NameQuestion: NameAnswer] {
        guard !questions.isEmpty else { return [:] }
        var answers = lookUp(questions, patience)
        for question in questions where answers[question] == nil { answers[question] = .failed(.timedOut) }
        return answers
    }
}
