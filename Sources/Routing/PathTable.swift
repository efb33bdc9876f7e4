/// The routes of one host by path.
struct PathTable<Target: Sendable>: Sendable {
    private var exact: [ArraySlice<UInt8>: Target] = [:]
    private var prefix: [ArraySlice<UInt8>: Target] = [:]
    /// Of the empty prefix, which every path has.
    private var root: Target?
    /// Distinct lengths of the prefixes, longest first.
    private var prefixLengths: [Int] = []

    /// Keeps what was there first when the pattern is taken.
    mutating func insert(_ pattern: PathPattern, _ target: Target) {
        switch pattern {
        case .exact(let path):
            if exact[path[...]] == nil { exact[path[...]] = target }
        case .prefix(let path):
            guard prefix[path[...]] == nil else { return }
            prefix[path[...]] = target
            if path.isEmpty { root = target }
            guard !prefixLengths.contains(path.count) else { return }
            prefixLengths.append(path.count)
            prefixLengths.sort(by: >)
        }
    }

    /// A path that does not begin with a slash (the `*` of OPTIONS) matches no prefix, not even the empty one.
    func match(_ path: ArraySlice<UInt8>) -> Target? {
        // A hash of nothing's table would be the dearest part of most lookups.
        if !exact.isEmpty, let found = exact[path] { return found }
        guard path.first == UInt8(ascii: "/") else { return nil }
        for length in prefixLengths where length <= path.count {
            let end = path.startIndex + length
            guard end == path.endIndex || path[end] == UInt8(ascii: "/") else { continue }
            if length == 0 { return root }
            if let found = prefix[path[..<end]] { return found }
        }
        return nil
    }
}
