/// What a loaded certificate says about itself, for metrics, logs and `check`.
public struct CertificateFacts: Sendable, Equatable {
    /// The subject alternative names: DNS names in lower case, IP addresses as text. The common name where there are none.
    public var names: [String]
    /// Valid from, in seconds since 1970.
    public var notBefore: Int64
    /// Valid until, in seconds since 1970.
    public var notAfter: Int64
    /// The subject's distinguished name (RFC 2253 text; control bytes arrive escaped).
    public var subject: String
}
