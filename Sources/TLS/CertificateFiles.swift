/// Where a certificate and its private key lie: two paths to PEM files.
///
/// The certificate file begins with the certificate of its owner; the intermediates follow it in any number.
public struct CertificateFiles: Sendable, Hashable {
    public var certificate: String
    public var key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}
