/// Why a configuration was refused: every error found in it, and what else was noticed on the way.
public struct Problems: Error, Sendable, Hashable {
    /// Never empty; in the order of lines.
    public var errors: [Problem]
    /// Things that work but are hardly meant.
    public var warnings: [Problem]

    public init(errors: [Problem], warnings: [Problem] = []) {
        self.errors = errors
        self.warnings = warnings
    }
}
