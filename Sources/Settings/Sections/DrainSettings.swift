/// How tunnels are ended when they have to be.
package struct DrainSettings: Sendable, Hashable {
    /// The time over which Closes are spread; zero sends them all at once.
    package var period: Duration

    package init(period: Duration = .seconds(30)) {
        self.period = period
    }
}
