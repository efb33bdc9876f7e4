/// How tunnels are ended when they have to be.
public struct DrainSettings: Sendable, Hashable {
    /// The time over which Closes are spread; zero sends them all at once.
    public var period: Duration

    public init(period: Duration = .seconds(30)) {
        self.period = period
    }
}
