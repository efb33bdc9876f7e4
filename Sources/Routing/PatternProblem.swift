/// Why a text is no host or path pattern, in words for the person who wrote it.
public struct PatternProblem: Error, Hashable, Sendable {
    /// What is wrong: "a port does not belong in a host pattern".
    public let message: String
    /// What to write instead.
    public let remedy: String

    init(_ message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }
}
