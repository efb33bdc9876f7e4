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
    static func load(_ files: CertificateFiles, index: Int, problems: inout [TLSProblem]) -> LoadedCertificate? {
        ErrorQueue.clear()
        var certificates: [OpaquePointer] = []
        var key: OpaquePointer?
        do { certificates = try readCertificates(files.certificate, index: index) } catch { problems.append(error) }
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
                    remedy: "name the key this certificate was made for, and put the server's own certificate first in its file"))
            return nil
        }
        return loaded
    }

    private static func readCertificates(_ path: String, index: Int) throws(TLSProblem) -> [OpaquePointer] {
        let file = try PEMFile(path: path, index: index)
        var certificates: [OpaquePointer] = []
        var isDamaged = false
        _ = file.withBIO { bio -> Void? in
            while let certificate = PEM_read_bio_X509(bio, nil, nil, nil) { certificates.append(certificate) }
            // "No start line" is how the end of a good file looks.
            let code = ERR_peek_last_error()
            isDamaged = !(tidegate_ERR_library(code) == ERR_LIB_PEM && tidegate_ERR_reason(code) == PEM_R_NO_START_LINE)
        }
        defer { ErrorQueue.clear() }
        if certificates.isEmpty || isDamaged {
            for certificate in certificates { X509_free(certificate) }
            let position = certificates.count + 1
            throw TLSProblem(
                index: index, file: path, kind: .notPEM,
                message: file.isEmpty
                    ? "\(path) is empty"
                    : isDamaged ? "certificate \(position) in \(path) is damaged" : "\(path) holds no certificate in PEM format",
                remedy: "write the server's certificate, then its intermediates, in PEM format")
        }
        return certificates
    }

    private static func readKey(_ path: String, index: Int) throws(TLSProblem) -> OpaquePointer {
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
