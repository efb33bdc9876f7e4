import Synchronization

/// A counter that any thread may add to: for what happens seldom. A locked instruction each time.
package final class SharedCounter: Sendable {
    private let value = Atomic<UInt64>(0)

    package init() {}

    /// Adds `n`, wrapping.
    package func add(_ n: UInt64 = 1) {
        value.wrappingAdd(n, ordering: .relaxed)
    }

    /// What it holds now.
    package func load() -> UInt64 { value.load(ordering: .relaxed) }
}
