import DataPlane
import Settings
import Telemetry
import Transport

/// A configuration with everything that serving it needs: nothing is left that could fail.
///
/// Sockets that were opened for it are closed when it is dropped and nobody else took them over.
public struct Preparation: Sendable {
    /// As configured.
    public let settings: Settings
    /// `settings` with pools as they serve: names that lead to several backends are replaced by these.
    public var serving: Settings
    /// In the order of the configuration.
    public let listeners: [PreparedListener]
    /// One for each backend of each pool of `serving`.
    public var backends: [BackendKey: PreparedBackend]
    /// Places that names led to and that are no backends.
    var leftOut: [LeftOutBackends]
    /// By the name of their pool: one for each that has an encrypted member.
    let clients: [String: PoolClient]
    /// What the names of `settings` came to.
    var names: NameBook
    /// How many names were looked up for it.
    let lookups: [ResolutionResult: Int]
    /// The certificates' files and when they expire, in Unix seconds.
    public let certificates: [String: Double]
    /// Things that work but are hardly meant: to be logged.
    public let warnings: [Problem]
}
