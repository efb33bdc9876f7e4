/// How the answer to one question differs from the one that was taken before.
public struct NameChange: Sendable, Equatable {
    /// What became of the name servers' help.
    public enum News: Sendable, Equatable {
        /// It answers again, or for the first time.
        case answered
        /// It has begun to fail. The last good answer stays.
        case failing(NameFailure)
    }

    public var question: NameQuestion
    /// The last good answer; empty only when there has never been one.
    public var found: [FoundAddress]
    /// Places that are new, that are gone, and that have another SRV record than before (another priority, weight or target).
    public var added: [FoundAddress]
    public var removed: [FoundAddress]
    public var altered: [FoundAddress]
    /// nil when that is as it was.
    public var news: News?

    public init(
        question: NameQuestion, found: [FoundAddress], added: [FoundAddress] = [], removed: [FoundAddress] = [],
        altered: [FoundAddress] = [], news: News? = nil
    ) {
        self.question = question
        self.found = found
        self.added = added
        self.removed = removed
        self.altered = altered
        self.news = news
    }

    /// Whether connections would go elsewhere now.
    public var hasMoved: Bool { !added.isEmpty || !removed.isEmpty || !altered.isEmpty }
}
