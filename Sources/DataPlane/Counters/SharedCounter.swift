import Synchronization

/// A counter that any thread may add to: for what happens seldom. A locked instruction each time.
public final class SharedCounter: Sendable {
    private let value = Atomic<UInt64>(0)

    public init() {}

    /// Adds `n`, wrapping.
    public func add(_ n: UInt64 = 1) {
        value.wrappingAdd(n, ordering: .relaxed)
    }

    /// What it holds now.
    public func load() -> UInt64 { value.load(ordering: .relaxed) }
}
