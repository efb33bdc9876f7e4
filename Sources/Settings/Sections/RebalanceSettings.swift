/// When tunnels of the fullest backends are closed, so that their clients come back to others.
public struct RebalanceSettings: Sendable, Hashable {
    /// How far the fullest backend may be above the mean, or the emptiest below it, in thousandths: 1010...100000.
    public var thresholdPerMille: Int
    /// The most of the pool's tunnels that are closed in a minute, 1...100 percent.
    public var sharePercent: Int
    /// How often loads are compared, 1 s...1 h.
    public var interval: Duration

    static let thresholds = 1010...100_000
    static let shares = 1...100
    static let intervals = Duration.seconds(1) ... .seconds(3600)

    public init(thresholdPerMille: Int = 1200, sharePercent: Int = 5, interval: Duration = .seconds(10)) {
        self.thresholdPerMille = thresholdPerMille
        self.sharePercent = sharePercent
        self.interval = interval
    }
}
