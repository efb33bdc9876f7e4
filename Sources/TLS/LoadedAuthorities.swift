import COpenSSL

/// The certificates of those whom a client believes, read from one file. Owns the OpenSSL objects.
final class LoadedAuthorities {
    let path: String
    private let certificates: [OpaquePointer]

    /// Throws `.missing`, `.unreadable`, or `.notPEM` for a file without a certificate or with a damaged one.
    init(path: String) throws(TLSProblem) {
        ErrorQueue.clear()
        self.path = path
        certificates = try PEMFile(path: path, index: nil)
            .certificates(remedy: "write the certificates of the authorities to believe, in PEM format")
    }

    deinit { for certificate in certificates { X509_free(certificate) } }

    /// Makes a context believe them, and chains that end at one of them though it is not signed by itself. False leaves OpenSSL's
    /// reason in the error queue.
    func install(in context: OpaquePointer) -> Bool {
        guard tidegate_SSL_CTX_believe_intermediates(context) == 1 else { return false }
        return certificates.allSatisfy { tidegate_SSL_CTX_add_authority(context, $0) == 1 }
    }

    /// A warning when none of them is in its time: then no server can be verified.
    func problem(now: Int64) -> TLSProblem? {
        let facts = certificates.map { CertificateFacts(of: $0) }
        guard facts.allSatisfy({ now < $0.notBefore || now > $0.notAfter }) else { return nil }
        return TLSProblem(
            index: nil, file: path, kind: facts.contains { now < $0.notBefore } ? .notYetValid : .expired,
            message: "no authority in \(path) is within its time",
            remedy: "write authorities that are valid now, and check this machine's clock")
    }
}
