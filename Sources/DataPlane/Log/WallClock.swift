import Glibc

/// The time of day, for people; nothing that decides a deadline looks at it.
public enum WallClock {
    /// Milliseconds since 1970 in UTC. Turning them into text takes a few divisions, less than sharing a cached text between
    /// threads would cost.
    public static var unixMilliseconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) &* 1000 &+ Int64(now.tv_nsec) / 1_000_000
    }

    /// Seconds since 1970 in UTC.
    public static var unixSeconds: Double { Double(unixMilliseconds) / 1000 }
}
