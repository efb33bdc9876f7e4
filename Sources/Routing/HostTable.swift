/// The routes of one listener by host: positions in the list of all routes.
struct HostTable: Sendable {
    /// What `exact` and `suffix` give the positions of.
    private let paths: [PathTable]
    private let exact: ByteTable
    private let suffix: ByteTable
    /// Distinct lengths of the suffixes, longest first: only there is a look-up worth its while.
    private let suffixLengths: [Int]
    private let any: PathTable

    init(_ routes: [(host: HostPattern, path: PathPattern, position: Int)]) {
        var groups: [HostPattern: [(pattern: PathPattern, position: Int)]] = [:]
        for route in routes { groups[route.host, default: []].append((route.path, route.position)) }
        var paths: [PathTable] = []
        var exact: [(key: [UInt8], value: Int)] = []
        var suffix: [(key: [UInt8], value: Int)] = []
        for (host, group) in groups {
            switch host {
            case .exact(let name): exact.append((Array(name.utf8), paths.count))
            case .suffix(let name): suffix.append((Array(name.utf8), paths.count))
            case .any: continue
            }
            paths.append(PathTable(group))
        }
        self.paths = paths
        self.exact = ByteTable(exact)
        self.suffix = ByteTable(suffix)
        suffixLengths = Set(suffix.map(\.key.count)).sorted(by: >)
        any = PathTable(groups[.any] ?? [])
    }

    /// - Parameter host: empty for none.
    func match(host: Span<UInt8>, path: Span<UInt8>) -> Int? {
        if host.count > 0 {
            // "example.com." is example.com, spelled as a fully qualified name (RFC 1034 3.1).
            let isRooted = host.count > 1 && host[host.count - 1] == UInt8(ascii: ".")
            let name = isRooted ? host.extracting(droppingLast: 1) : host
            if let index = exact.find(name), let found = paths[index].match(path) { return found }
            if let found = matchSuffix(name, path) { return found }
        }
        return any.match(path)
    }

    private func matchSuffix(_ host: Span<UInt8>, _ path: Span<UInt8>) -> Int? {
        for length in suffixLengths where length + 1 < host.count {
            // At least one byte of a label, a dot, then the suffix; the bound above keeps the index inside.
            let start = host.count - length
            guard host[start - 1] == UInt8(ascii: ".") else { continue }
            if let index = suffix.find(host.extracting(start..<host.count)), let found = paths[index].match(path) { return found }
        }
        return nil
    }
}
