/// File names in a configuration.
enum FilePath {
    /// `path` itself when it is absolute, else `path` below the folder of the configuration file.
    static func resolve(_ path: String, besides file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }

    /// Refused: an empty name and control characters, of which NUL would cut the name short for the system.
    static func validate(_ path: String) throws(TextProblem) {
        guard !path.isEmpty else {
            throw TextProblem("a file name is missing", remedy: "write a path, absolute or relative to this file")
        }
        guard path.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            throw TextProblem("a file name with control characters", remedy: "remove them")
        }
    }
}
