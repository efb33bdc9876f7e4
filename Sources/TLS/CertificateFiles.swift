/// Where a certificate and its private key lie: two paths to PEM files.
///
/// The certificate file begins with the certificate of its owner; the intermediates follow it in any number.
package struct CertificateFiles: Sendable, Hashable {
    package var certificate: String
    package var key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}
