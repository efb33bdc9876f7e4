/// A backend that is new or came back gets its share little by little: its caches are cold, and with
/// `least_connections` it would get every new connection at once, since it holds none.
///
/// Two things let it in: time, and connections that came since. Whichever is further counts, so a quiet pool is done
/// after the period and a busy one after so many connections.
public struct SlowStart: Sendable, Hashable {
    /// From the start to the whole share. 0: time does not count.
    public var periodNanoseconds: UInt64
    /// Connections it got since the start until it has the whole share. 0 or less: they do not count.
    public var connections: Int

    /// The share it starts with, in thousandths.
    public static let least = 50

    /// With both 0 nothing starts slowly.
    public init(periodNanoseconds: UInt64 = 0, connections: Int = 0) {
        self.periodNanoseconds = periodNanoseconds
        self.connections = connections
    }

    /// How much of its weight it may have, in thousandths: `least`...1000, for `BackendFacts.ramp`.
    ///
    /// - Parameters:
    ///   - sinceStart: nanoseconds since it became available.
    ///   - connectionsSince: those it was given since, ended ones too. Below zero counts as zero.
    public func ramp(sinceStart: UInt64, connectionsSince: Int) -> Int {
        guard periodNanoseconds > 0 || connections > 0 else { return 1000 }
        let byTime = Self.thousandths(sinceStart, of: periodNanoseconds)
        let byConnections = Self.thousandths(UInt64(max(0, connectionsSince)), of: UInt64(max(0, connections)))
        return max(Self.least, byTime, byConnections)
    }

    /// At most 1000; none of nothing.
    private static func thousandths(_ part: UInt64, of whole: UInt64) -> Int {
        guard whole > 0 else { return 0 }
        guard part < whole else { return 1000 }
        // Part is below whole: the quotient fits, and full width keeps the product exact.
        let product = part.multipliedFullWidth(by: 1000)
        return Int(truncatingIfNeeded: whole.dividingFullWidth((product.high, product.low)).quotient)
    }
}
