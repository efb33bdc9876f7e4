import DataPlane
import Settings
import Telemetry
import Transport

/// A configuration with everything that serving it needs: nothing is left that could fail.
///
/// Sockets that were opened for it are closed when it is dropped and nobody else took them over.
package struct Preparation: Sendable {
    package let settings: Settings
    /// In the order of the configuration.
    package let listeners: [PreparedListener]
    /// One for each backend of each pool.
    package var backends: [BackendKey: PreparedBackend]
    /// By the name of their pool: one for each that has an encrypted member.
    let clients: [String: PoolClient]
    /// Names that could not be resolved, so that an earlier answer is still in force.
    var unresolved: Set<String>
    /// How many names were looked up for it.
    let lookups: [ResolutionResult: Int]
    /// The certificates' files and when they expire, in Unix seconds.
    package let certificates: [String: Double]
    /// Things that work but are hardly meant: to be logged.
    package let warnings: [Problem]
}
