import COpenSSL

extension PEMFile {
    /// All certificates in the file, in order and at least one; the caller owns and frees them. Throws `.notPEM` when there is none,
    /// or when one of them is damaged or cut short.
    func certificates(remedy: String) throws(TLSProblem) -> [OpaquePointer] {
        var certificates: [OpaquePointer] = []
        var isDamaged = false
        _ = withBIO { bio -> Void? in
            while let certificate = PEM_read_bio_X509(bio, nil, nil, nil) { certificates.append(certificate) }
            // "No start line" is how the end of a good file looks.
            let code = ERR_peek_last_error()
            isDamaged = !(tidegate_ERR_library(code) == ERR_LIB_PEM && tidegate_ERR_reason(code) == PEM_R_NO_START_LINE)
        }
        defer { ErrorQueue.clear() }
        guard certificates.isEmpty || isDamaged else { return certificates }
        for certificate in certificates { X509_free(certificate) }
        let position = certificates.count + 1
        throw TLSProblem(
            index: index, file: path, kind: .notPEM,
            message: isEmpty
                ? "\(path) is empty"
                : isDamaged ? "certificate \(position) in \(path) is damaged" : "\(path) holds no certificate in PEM format",
            remedy: remedy)
    }
}
