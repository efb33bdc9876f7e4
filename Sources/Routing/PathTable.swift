/// The routes of one host by path: positions in the list of all routes.
struct PathTable: Sendable {
    private let exact: ByteTable
    private let prefix: ByteTable
    /// Of the empty prefix, which every path has.
    private let root: Int?
    /// Distinct lengths of the prefixes but the empty one, longest first.
    private let prefixLengths: [Int]

    /// Of two routes with the same pattern the first stays.
    init(_ routes: [(pattern: PathPattern, position: Int)]) {
        var exact: [(key: [UInt8], value: Int)] = []
        var prefix: [(key: [UInt8], value: Int)] = []
        for route in routes {
            switch route.pattern {
            case .exact(let path): exact.append((path, route.position))
            case .prefix(let path): prefix.append((path, route.position))
            }
        }
        self.exact = ByteTable(exact)
        self.prefix = ByteTable(prefix)
        root = prefix.first { $0.key.isEmpty }?.value
        prefixLengths = Set(prefix.map(\.key.count)).subtracting([0]).sorted(by: >)
    }

    /// A path that does not begin with a slash (the `*` of OPTIONS) matches no prefix, not even the empty one.
    func match(_ path: Span<UInt8>) -> Int? {
        if !exact.isEmpty, let found = exact.find(path) { return found }
        guard path.count > 0, path[0] == UInt8(ascii: "/") else { return nil }
        for length in prefixLengths where length <= path.count {
            guard length == path.count || path[length] == UInt8(ascii: "/") else { continue }
            if let found = prefix.find(path.extracting(0..<length)) { return found }
        }
        return root
    }
}
