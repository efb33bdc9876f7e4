/// What is logged, how and where.
public struct LogSettings: Sendable, Hashable {
    public enum Level: String, Sendable, Hashable, CaseIterable {
        case debug, info, warn, error
    }

    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// Text on a terminal, JSON otherwise.
        case auto
        case text
        /// One object a line.
        case json
    }

    /// The least level that is written.
    public var level: Level
    public var format: Format
    /// A file that is appended to and reopened on SIGUSR1; nil is standard error. Relative paths have been resolved
    /// against the configuration's folder.
    public var file: String?

    public init(level: Level = .info, format: Format = .auto, file: String? = nil) {
        self.level = level
        self.format = format
        self.file = file
    }
}
