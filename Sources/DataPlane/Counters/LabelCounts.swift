import Telemetry

/// One shared counter for every case of a label: for what happens seldom, from any thread.
public final class LabelCounts<Label: MetricLabel>: Sendable {
    private let counters: [SharedCounter]

    public init() {
        counters = Label.allCases.map { _ in SharedCounter() }
    }

    /// Adds one event.
    public func add(_ label: Label, _ n: UInt64 = 1) {
        let place = label.position
        if place < counters.count { counters[place].add(n) }
    }

    /// Events of one case so far.
    public func load(_ label: Label) -> UInt64 {
        let place = label.position
        return place < counters.count ? counters[place].load() : 0
    }
}
