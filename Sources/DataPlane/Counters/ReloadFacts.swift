/// How loading the configuration went so far, and what it brought that is shown.
public struct ReloadFacts: Sendable {
    public var successes: UInt64 = 0
    public var failures: UInt64 = 0
    /// Whether the last load was accepted. The first load happens at start.
    public var lastSucceeded = false
    /// Unix time in seconds; 0 before the first.
    public var lastSuccess: Double = 0
    /// Certificates in use: a label (the path as configured) and the Unix time of expiry, in seconds.
    public var certificates: [String: Double] = [:]
}
