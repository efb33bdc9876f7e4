import CLinux

/// The clocks. Deadlines use the monotonic one, so a step of the wall clock moves none of them.
public enum Clock {
    /// CLOCK_MONOTONIC in nanoseconds.
    @inline(__always)
    public static func monotonic() -> UInt64 { cl_monotonic_ns() }
    /// CLOCK_REALTIME in nanoseconds since the epoch.
    public static func real() -> UInt64 { cl_realtime_ns() }
}
