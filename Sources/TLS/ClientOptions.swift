/// How backends are spoken to over TLS: whom to believe, and what to show.
public struct ClientOptions: Sendable, Hashable {
    /// A PEM file with the authorities that are believed, and no others; an intermediate or a server's own certificate in it is
    /// believed as it stands. Nil: those of the system, where OpenSSL looks for them (`SSL_CERT_FILE` and `SSL_CERT_DIR` change that).
    public var authorities: String?
    /// What is shown to a server that asks for a certificate; nil is nothing.
    public var certificate: CertificateFiles?
    public var minimumVersion: TLSVersion
    /// Believes every certificate, whoever it is for.
    public var skipsVerification: Bool

    public init(
        authorities: String? = nil, certificate: CertificateFiles? = nil, minimumVersion: TLSVersion = .tls12,
        skipsVerification: Bool = false
    ) {
        self.authorities = authorities
        self.certificate = certificate
        self.minimumVersion = minimumVersion
        self.skipsVerification = skipsVerification
    }
}
