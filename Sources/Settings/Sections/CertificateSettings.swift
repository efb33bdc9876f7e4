/// A certificate and its key, by file. Neither file was opened.
public struct CertificateSettings: Sendable, Hashable {
    /// PEM, the chain behind the certificate. Relative paths have been resolved against the configuration's folder.
    public var certificate: String
    /// PEM, not encrypted.
    public var key: String
    public var source: SourcePlace

    public init(certificate: String, key: String, source: SourcePlace = .none) {
        self.certificate = certificate
        self.key = key
        self.source = source
    }
}
