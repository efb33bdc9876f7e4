/// How fast a backend's tunnels are closed when it drains.
public enum DrainPace: Sendable, Hashable {
    /// All of them within so many nanoseconds, evenly.
    case over(UInt64)
    /// So many each second, however long it takes. Below 1 counts as 1.
    case perSecond(Int)
}
