/// A point on the monotonic clock, in nanoseconds. Sessions are told the time; they never ask for it.
public struct Moment: Comparable, Hashable, Sendable {
    public var nanoseconds: UInt64

    @inlinable public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// Later than every moment that comes: "no deadline".
    @inlinable public static var never: Moment { Moment(nanoseconds: .max) }

    @inlinable
    public static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The standard library's `min` would ask through the protocol.
    @inlinable
    public static func earlier(_ one: Moment, _ other: Moment) -> Moment { other.nanoseconds < one.nanoseconds ? other : one }

    /// Saturates at `.never`.
    @inlinable
    public func after(_ span: Span) -> Moment {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(span.nanoseconds)
        return overflow ? .never : Moment(nanoseconds: sum)
    }

    /// Nanoseconds since `earlier`; 0 when that lies ahead.
    @inlinable
    public func since(_ earlier: Moment) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
    }

    /// A length of time in nanoseconds; `.unbounded` for a rule that is off.
    public struct Span: Sendable, Hashable {
        public var nanoseconds: UInt64

        @inlinable public static var unbounded: Span { Span(nanoseconds: .max) }

        @inlinable public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

        /// Negative durations become 0, absurd ones `.unbounded`.
        public init(_ duration: Duration) {
            let (seconds, attoseconds) = duration.components
            guard seconds >= 0, attoseconds >= 0 else { self = Span(nanoseconds: 0); return }
            let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
            let (sum, carry) = whole.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
            nanoseconds = overflow || carry ? .max : sum
        }

        /// nil is a rule that is off.
        public init(_ duration: Duration?) {
            if let duration { self.init(duration) } else { self = .unbounded }
        }

        @inlinable public var isBounded: Bool { nanoseconds != .max }
    }
}
