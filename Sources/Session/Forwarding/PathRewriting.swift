import Settings

/// Makes the path that a backend sees out of the path that was routed.
public enum PathRewriting {
    /// `path` without its query, in the compared form, as `rewrite` wants it; where the prefix does not match at a segment's
    /// end, as it came.
    ///
    /// The result always begins with `/`, and after stripping with exactly one: `//host/x` is an address to some readers. An
    /// asterisk (`OPTIONS *`) is no path: `RequestForwarding` never asks with one.
    public static func apply(_ rewrite: PathRewrite, to path: [UInt8]) -> [UInt8] {
        switch rewrite {
        case .replace(let replacement): return rooted(replacement)
        case .stripPrefix(let written):
            let end = written.lastIndex { $0 != slash }.map { $0 &+ 1 } ?? 0
            let prefix = written[..<end]
            guard !prefix.isEmpty, path.starts(with: prefix) else { return rooted(path) }
            let rest = path.dropFirst(prefix.count)
            guard rest.isEmpty || rest.first == slash else { return rooted(path) }
            return [slash] + rest.drop { $0 == slash }
        }
    }

    private static let slash: UInt8 = 0x2F

    private static func rooted(_ path: [UInt8]) -> [UInt8] {
        path.first == slash ? path : [slash] + path
    }
}
