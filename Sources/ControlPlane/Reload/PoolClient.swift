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

        /// False where the system's authorities decide who is believed: they lie in folders of links to files, which no mark
        /// covers, and one that is distrusted must not be believed beyond the next reload.
        var outlivesReload: Bool { options.authorities != nil || options.skipsVerification }
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
