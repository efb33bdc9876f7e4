import COpenSSL

/// A certificate, its chain and its key, read from their files and found to belong together. Owns the OpenSSL objects.
final class LoadedCertificate {
    let certificate: OpaquePointer
    let chain: [OpaquePointer]
    let key: OpaquePointer
    let facts: CertificateFacts

    private init(certificate: OpaquePointer, chain: [OpaquePointer], key: OpaquePointer) {
        self.certificate = certificate
        self.chain = chain
        self.key = key
        self.facts = CertificateFacts(of: certificate)
    }

    deinit {
        X509_free(certificate)
        for link in chain { X509_free(link) }
        EVP_PKEY_free(key)
    }

    /// Reads both files. On failure every problem found is appended to `problems`, and nil is returned.
    static func load(_ files: CertificateFiles, index: Int?, problems: inout [TLSProblem]) -> LoadedCertificate? {
        ErrorQueue.clear()
        var certificates: [OpaquePointer] = []
        var key: OpaquePointer?
        do {
            certificates = try PEMFile(path: files.certificate, index: index).certificates(remedy: Self.remedy)
        } catch {
            problems.append(error)
        }
        do { key = try readKey(files.key, index: index) } catch { problems.append(error) }

        guard let leaf = certificates.first, let key else {
            for certificate in certificates { X509_free(certificate) }
            if let key { EVP_PKEY_free(key) }
            return nil
        }
        let loaded = LoadedCertificate(certificate: leaf, chain: Array(certificates.dropFirst()), key: key)
        guard X509_check_private_key(leaf, key) == 1 else {
            ErrorQueue.clear()
            problems.append(
                TLSProblem(
                    index: index, file: files.key, kind: .keyMismatch,
                    message: "the key in \(files.key) does not belong to the certificate in \(files.certificate)",
                    remedy: "name the key this certificate was made for, and put that certificate first in its file"))
            return nil
        }
        return loaded
    }

    private static let remedy = "write the certificate, then its intermediates, in PEM format"

    /// Gives a context the certificate, its chain and its key; false leaves OpenSSL's reason in the error queue.
    func install(in context: OpaquePointer) -> Bool {
        guard SSL_CTX_use_certificate(context, certificate) == 1, SSL_CTX_use_PrivateKey(context, key) == 1 else { return false }
        for link in chain {
            guard tidegate_SSL_CTX_add_chain_certificate(context, link) == 1 else { return false }
        }
        return SSL_CTX_check_private_key(context) == 1
    }

    private static func readKey(_ path: String, index: Int?) throws(TLSProblem) -> OpaquePointer {
        let file = try PEMFile(path: path, index: index)
        var wasAskedForPassphrase = false
        let key = withUnsafeMutablePointer(to: &wasAskedForPassphrase) { asked in
            file.withBIO { bio in PEM_read_bio_PrivateKey(bio, nil, passphraseAsked, asked) }
        }
        defer { ErrorQueue.clear() }
        if let key { return key }
        if wasAskedForPassphrase {
            throw TLSProblem(
                index: index, file: path, kind: .encryptedKey, message: "the key in \(path) is encrypted",
                remedy: "decrypt it, for example with `openssl pkey -in \(path) -out plain.key`, and protect the file by its permissions")
        }
        throw TLSProblem(
            index: index, file: path, kind: .notPEM,
            message: file.isEmpty ? "\(path) is empty" : "\(path) holds no private key in PEM format",
            remedy: "write the certificate's private key in PEM format")
    }

    /// Notes that a passphrase was asked for, and gives none: without it OpenSSL would ask on the terminal.
    private static let passphraseAsked:
        @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = { _, _, _, asked in
            asked?.assumingMemoryBound(to: Bool.self).pointee = true
            return -1
        }
}
