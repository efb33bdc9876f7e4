/// How long a tunnel may live, so that long-lived clients come back now and then and find the backends that are there by then.
public struct Lifetime: Sendable, Hashable {
    /// Nanoseconds that no tunnel outlives, but for the wait for a quiet moment.
    public var time: UInt64
    /// By how much a life may be shorter, in percent of `time`: tunnels that opened together must not come back together. Out of
    /// 0...100 counts as the nearest of these.
    public var jitter: Int

    public init(time: UInt64, jitter: Int = 10) {
        self.time = time
        self.jitter = jitter
    }

    /// When a tunnel that opened at `opened` is to be closed: evenly drawn from the last `jitter` percent of its time.
    public func deadline(openedAt opened: UInt64, using random: inout some RandomNumberGenerator) -> UInt64 {
        let percent = UInt64(min(max(0, jitter), 100))
        let room = Nanoseconds.scaled(time, times: percent, over: 100)
        let less = room == .max ? random.next() : random.next(upperBound: room + 1)
        return Nanoseconds.sum(opened, time - min(less, time))
    }
}
