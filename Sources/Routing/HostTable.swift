/// The routes of one listener by host.
struct HostTable<Target: Sendable>: Sendable {
    private var exact: [ArraySlice<UInt8>: PathTable<Target>] = [:]
    private var suffix: [ArraySlice<UInt8>: PathTable<Target>] = [:]
    /// Distinct lengths of the suffixes, longest first: only there is a lookup worth its hash.
    private var suffixLengths: [Int] = []
    private var any = PathTable<Target>()

    init(routes: [Route<Target>]) {
        for route in routes {
            switch route.host {
            case .exact(let host):
                exact[Array(host.utf8)[...], default: PathTable()].insert(route.path, route.target)
            case .suffix(let host):
                suffix[Array(host.utf8)[...], default: PathTable()].insert(route.path, route.target)
            case .any:
                any.insert(route.path, route.target)
            }
        }
        suffixLengths = Set(suffix.keys.map(\.count)).sorted(by: >)
    }

    func match(host: ArraySlice<UInt8>?, path: ArraySlice<UInt8>) -> Target? {
        if let host, !host.isEmpty {
            // "example.com." is example.com, spelled as a fully qualified name (RFC 1034 3.1).
            let name = host.count > 1 && host.last == UInt8(ascii: ".") ? host.dropLast() : host
            if !exact.isEmpty, let found = exact[name]?.match(path) { return found }
            if let found = matchSuffix(name, path) { return found }
        }
        return any.match(path)
    }

    private func matchSuffix(_ host: ArraySlice<UInt8>, _ path: ArraySlice<UInt8>) -> Target? {
        for length in suffixLengths where length + 1 < host.count {
            // At least one byte of a label, a dot, then the suffix; the bound above keeps the index inside.
            let start = host.endIndex - length
            guard host[start - 1] == UInt8(ascii: ".") else { continue }
            if let found = suffix[host[start...]]?.match(path) { return found }
        }
        return nil
    }
}
