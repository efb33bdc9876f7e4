/// Paths of Unix sockets as they are written behind `unix:`.
enum UnixPathText {
    /// The longest path of a Unix socket: `sun_path` has 108 bytes and keeps one for the NUL.
    static let longest = 107

    /// The path, resolved against the folder of the configuration `file`. Refused: abstract sockets (`@name`), control
    /// characters, and what is longer than 107 bytes once resolved.
    static func read(_ path: String, besides file: String) throws(TextProblem) -> String {
        guard !path.hasPrefix("@") else {
            throw TextProblem(
                "abstract Unix sockets are not available", remedy: "write a path: unix:/run/tidegate.sock")
        }
        try FilePath.validate(path)
        let resolved = FilePath.resolve(path, besides: file)
        guard resolved.utf8.count <= longest else {
            throw TextProblem(
                "the path of a Unix socket has at most \(longest) bytes, this one \(resolved.utf8.count)",
                remedy: "choose a shorter path, such as one under /run")
        }
        return resolved
    }
}
