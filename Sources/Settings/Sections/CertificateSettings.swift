/// A certificate and its key, by file. Neither file was opened.
package struct CertificateSettings: Sendable, Hashable {
    /// PEM, the chain behind the certificate. Relative paths have been resolved against the configuration's folder.
    package var certificate: String
    /// PEM, not encrypted.
    package var key: String
    package var source: SourcePlace

    package init(certificate: String, key: String, source: SourcePlace = .none) {
        self.certificate = certificate
        self.key = key
        self.source = source
    }
}
