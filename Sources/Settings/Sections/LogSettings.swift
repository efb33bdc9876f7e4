/// What is logged, how and where.
package struct LogSettings: Sendable, Hashable {
    package enum Level: String, Sendable, Hashable, CaseIterable {
        case debug, info, warn, error
    }

    package enum Format: String, Sendable, Hashable, CaseIterable {
        /// Text on a terminal, JSON otherwise.
        case auto
        case text
        /// One object a line.
        case json
    }

    /// The least level that is written.
    package var level: Level
    package var format: Format
    /// A file that is appended to and reopened on SIGUSR1; nil is standard error. Relative paths have been resolved
    /// against the configuration's folder.
    package var file: String?

    package init(level: Level = .info, format: Format = .auto, file: String? = nil) {
        self.level = level
        self.format = format
        self.file = file
    }
}
