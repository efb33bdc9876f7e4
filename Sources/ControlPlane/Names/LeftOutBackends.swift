import Settings

/// Places that a pool's names lead to, and that are no backends of it all the same.
struct LeftOutBackends: Sendable, Hashable {
    enum Reason: Sendable, Hashable {
        /// Another backend of the pool has the same address and port.
        case duplicate
        /// The pool has `PoolSettings.mostBackends` already.
        case tooMany
    }

    let pool: String
    /// The label of the configured backend whose name led there.
    let entry: String
    /// The label of the first one.
    let first: String
    let reason: Reason
    let source: SourcePlace
    /// How many there are, at least 1.
    var count = 1

    /// A warning at the line of its entry.
    var problem: Problem {
        Problem(at: source, message: message, remedy: "write each place once, and no more of them than a pool takes")
    }

    var message: String {
        let more = count > 1 ? " and \(count - 1) more of \(entry) are" : " of \(entry) is"
        return switch reason {
        case .duplicate: "\(first)\(more) in the pool \(pool) already"
        case .tooMany: "\(first)\(more) left out: the pool \(pool) has \(PoolSettings.mostBackends) backends"
        }
    }
}
