/// How a listener terminates TLS.
package struct TLSSettings: Sendable, Hashable {
    /// The oldest protocol version that is spoken.
    package enum MinimumVersion: String, Sendable, Hashable, CaseIterable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// At least one. The first is the default, the others are chosen by SNI.
    package var certificates: [CertificateSettings]
    package var minimumVersion: MinimumVersion

    package init(certificates: [CertificateSettings], minimumVersion: MinimumVersion = .tls12) {
        self.certificates = certificates
        self.minimumVersion = minimumVersion
    }
}
