import Settings
import TLS

/// How the encrypted backends of a pool are spoken to, and what it was made from.
struct PoolClient: Sendable {
    /// Everything that decides what a `ClientContext` is: the options, and the files that they name.
    struct Origin: Sendable, Hashable {
        let options: ClientOptions
        /// Of the authorities, the certificate and its key, where there are such.
        private let marks: [FileMark?]

        init(_ options: ClientOptions) {
            self.options = options
            let files = [options.authorities, options.certificate?.certificate, options.certificate?.key]
            marks = files.map { $0.flatMap { FileMark($0) } }
        }
    }

    let origin: Origin
    /// Shared by pools of the same origin.
    let context: ClientContext
}

extension ClientOptions {
    init(_ settings: BackendTLSSettings) {
        self.init(
            authorities: settings.authorities,
            certificate: settings.certificate.map { CertificateFiles(certificate: $0.certificate, key: $0.key) },
            minimumVersion: TLSVersion(settings.minimumVersion), skipsVerification: settings.skipsVerification)
    }
}
