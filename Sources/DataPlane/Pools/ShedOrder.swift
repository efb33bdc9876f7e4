import Balancing
import Session
import Synchronization

/// Which tunnels and event streams of one backend the workers are to close with 1012, and how fast. Each worker closes its own,
/// quiet ones first.
public struct ShedOrder: Sendable {
    public enum Extent: Sendable {
        /// All there are, and those that still open, at this pace from this moment (nanoseconds of the monotonic clock) on.
        case all(DrainPace, from: UInt64)
        /// So many of each worker's tunnels, by its index, evenly within so many nanoseconds. Missing ones count as 0. Event streams
        /// stay.
        case part([Int], within: UInt64)
        /// No more of them: those that were told, for a drain or for rebalancing as `cause` is, and are still there may live.
        case calledOff
    }

    public let backend: BackendCondition
    public let cause: CloseReason.Cause
    public let extent: Extent
    /// At a rate, the number of the next one over all workers.
    let places = Places()

    final class Places: Sendable {
        private let taken = Atomic<Int>(0)

        /// The first number that nobody has.
        var next: Int { taken.load(ordering: .relaxed) }

        /// The first of `count` numbers in a row that nobody else gets.
        func take(_ count: Int) -> Int { taken.wrappingAdd(count, ordering: .relaxed).oldValue }
    }

    public init(_ backend: BackendCondition, _ extent: Extent, cause: CloseReason.Cause) {
        self.backend = backend
        self.extent = extent
        self.cause = cause
    }
}
