/// How backends of `wss://` and `https://` are spoken to.
public struct BackendTLSSettings: Sendable, Hashable {
    /// PEM with the authorities that are believed, resolved; nil is the system's.
    public var authorities: String?
    /// The name that is asked for (SNI) and that the certificate must have; nil is the backend's host.
    public var serverName: String?
    /// What is shown to backends that ask for a certificate (mTLS); nil is nothing.
    public var certificate: CertificateSettings?
    public var minimumVersion: TLSSettings.MinimumVersion
    /// Believes any certificate. Warned about at each start and reload.
    public var skipsVerification: Bool

    public init(
        authorities: String? = nil, serverName: String? = nil, certificate: CertificateSettings? = nil,
        minimumVersion: TLSSettings.MinimumVersion = .tls12, skipsVerification: Bool = false
    ) {
        self.authorities = authorities
        self.serverName = serverName
        self.certificate = certificate
        self.minimumVersion = minimumVersion
        self.skipsVerification = skipsVerification
    }
}
