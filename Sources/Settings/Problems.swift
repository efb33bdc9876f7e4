/// Why a configuration was refused: every error found in it, and what else was noticed on the way.
package struct Problems: Error, Sendable, Hashable {
    /// Never empty; in the order of lines.
    package var errors: [Problem]
    /// Things that work but are hardly meant.
    package var warnings: [Problem]

    package init(errors: [Problem], warnings: [Problem] = []) {
        self.errors = errors
        self.warnings = warnings
    }
}
