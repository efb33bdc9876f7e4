import Routing

/// `strip_prefix` and `replace_path` of a route.
extension Reader {
    /// - Parameter pattern: the route's `path`; nil for one that was refused.
    mutating func rewrite(_ fields: Fields, path pattern: PathPattern?) -> PathRewrite? {
        let prefix = fields["strip_prefix"].flatMap { element in
            parsed(element) { text throws(TextProblem) in try PathText.readPrefix(text) }
        }
        let path = fields["replace_path"].flatMap { element in
            parsed(element) { text throws(TextProblem) in try PathText.read(text) }
        }
        if fields["strip_prefix"] != nil, let element = fields["replace_path"] {
            error(element, "a route has a `strip_prefix` or a `replace_path`, not both", remedy: "remove one of them")
            return nil
        }
        if let prefix, let element = fields["strip_prefix"], let pattern, !Self.mayStrip(prefix, from: pattern) {
            warn(
                place(of: element), "no path of this route begins with that: nothing is ever stripped",
                remedy: "write the beginning of `path`, which is \(pattern.description.clipped)")
        }
        return prefix.map { .stripPrefix($0) } ?? path.map { .replace($0) }
    }

    /// True when at least one path that the pattern matches lies below the prefix.
    private static func mayStrip(_ prefix: [UInt8], from pattern: PathPattern) -> Bool {
        switch pattern {
        case .exact(let path): PathText.lies(path, below: prefix)
        case .prefix(let path): PathText.lies(path, below: prefix) || PathText.lies(prefix, below: path)
        }
    }
}
