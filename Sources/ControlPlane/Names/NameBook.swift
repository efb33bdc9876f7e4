/// The names in use: their last good answers, when to ask for them again, and what changed since somebody looked. Pure: it is told the
/// time and the answers, in nanoseconds of any clock that does not go back, and asks nobody.
///
/// A name that fails keeps its last good answer for as long as it fails, whatever the reason: a backend that is still there is worth
/// more than a name server's bad day.
public struct NameBook: Sendable {
    private var entries: [NameQuestion: NameEntry] = [:]
    /// nil: names are asked for once.
    private var interval: UInt64?

    /// - Parameter interval: the longest time between two questions for one name, in nanoseconds; an answer's TTL counts instead when it
    ///   is shorter. nil asks once only.
    public init(interval: UInt64?) { self.interval = interval }

    /// Questions to keep an answer for. New ones are due at once; those left out are forgotten, with no change told; what stays keeps its
    /// answer, and its date unless the interval became another one: then it is asked for again at once.
    public mutating func watch(_ questions: Set<NameQuestion>, interval: UInt64?, at now: UInt64) {
        let hasOtherInterval = interval != self.interval
        self.interval = interval
        entries = entries.filter { questions.contains($0.key) }
        for question in questions where entries[question] == nil { entries[question] = NameEntry(due: now) }
        if hasOtherInterval { askAgain(at: now) }
    }

    /// Makes every question due: for a reload, or on request.
    public mutating func askAgain(at now: UInt64) {
        for question in entries.keys { entries[question]?.askAgain(at: now) }
    }

    public var questions: Set<NameQuestion> { Set(entries.keys) }

    /// What to ask for now.
    public func due(at now: UInt64) -> Set<NameQuestion> {
        Set(entries.lazy.filter { entry in entry.value.due.map { $0 <= now } == true }.map(\.key))
    }

    /// When something is due next; nil for never.
    public var nextDue: UInt64? { entries.values.lazy.compactMap(\.due).min() }

    /// Takes answers. One to a question that is not watched (any more) is passed over.
    public mutating func record(_ answers: [NameQuestion: NameAnswer], at now: UInt64) {
        for (question, answer) in answers { entries[question]?.record(answer, interval: interval, at: now) }
    }

    /// The last good answer, arranged; empty when there has never been one.
    public func found(_ question: NameQuestion) -> [FoundAddress] { entries[question]?.found ?? [] }

    /// Why the question fails at present; nil while it is answered, and before the first answer.
    public func failure(_ question: NameQuestion) -> NameFailure? { entries[question]?.failure }

    /// What changed since this was called the last time, in the order of the questions. A TTL is no change, nor is another order.
    public mutating func takeChanges() -> [NameChange] {
        entries.keys.sorted().compactMap { entries[$0]?.takeChange($0) }
    }
}
