/// How a listener terminates TLS.
public struct TLSSettings: Sendable, Hashable {
    /// The oldest protocol version that is spoken.
    public enum MinimumVersion: String, Sendable, Hashable, CaseIterable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// At least one. The first is the default, the others are chosen by SNI.
    public var certificates: [CertificateSettings]
    public var minimumVersion: MinimumVersion

    public init(certificates: [CertificateSettings], minimumVersion: MinimumVersion = .tls12) {
        self.certificates = certificates
        self.minimumVersion = minimumVersion
    }
}
