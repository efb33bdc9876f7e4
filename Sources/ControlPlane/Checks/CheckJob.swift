/// A check that was asked for.
struct CheckJob: Sendable {
    let id: UInt64
    let target: CheckTarget
}
