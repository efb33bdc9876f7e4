/// How loading the configuration went so far, and what it brought that is shown.
package struct ReloadFacts: Sendable {
    package var successes: UInt64 = 0
    package var failures: UInt64 = 0
    /// Whether the last load was accepted. The first load happens at start.
    package var lastSucceeded = false
    /// Unix time in seconds; 0 before the first.
    package var lastSuccess: Double = 0
    /// Certificates in use: a label (the path as configured) and the Unix time of expiry, in seconds.
    package var certificates: [String: Double] = [:]
}
