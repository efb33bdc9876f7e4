/// How fast the tunnels of one backend are closed while it drains.
public enum DrainPaceSettings: Sendable, Hashable {
    /// Spread over this time, 0 s...24 h; zero closes all at once.
    case over(Duration)
    /// 1...100,000.
    case perSecond(Int)
}
