/// How the answer to one question differs from the one that was taken before.
package struct NameChange: Sendable, Equatable {
    /// What became of the name servers' help.
    package enum News: Sendable, Equatable {
        /// It answers again, or for the first time.
        case answered
        /// It has begun to fail. The last good answer stays.
        case failing(NameFailure)
    }

    package var question: NameQuestion
    /// The last good answer; empty only when there has never been one.
    package var found: [FoundAddress]
    /// Places that are new, that are gone, and that have another SRV record than before (another priority, weight or target).
    package var added: [FoundAddress]
    package var removed: [FoundAddress]
    package var altered: [FoundAddress]
    /// nil when that is as it was.
    package var news: News?

    package init(
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
    package var hasMoved: Bool { !added.isEmpty || !removed.isEmpty || !altered.isEmpty }
}
