import COpenSSL
import Glibc

/// A certificate signed by itself, for `tidegate demo` and for tests. No client trusts it unless told to.
public enum SelfSignedCertificate {
    public enum Failure: Error, Equatable {
        /// A name that is neither a host name (a leading `*.` allowed) nor an IP address; or there is none.
        case badName(String)
        /// A file could not be written; `code` is an errno.
        case file(String, code: Int32)
        /// OpenSSL's reason.
        case library(String)
    }

    /// Writes `certificate.pem` and `key.pem` (mode 0600) into an existing folder, in place of what had those names:
    /// ECDSA P-256, good for 30 days from now.
    /// - Parameter names: host names and IP addresses; the first is also the common name.
    public static func write(names: [String], into folder: String) throws(Failure) -> CertificateFiles {
        // An hour back: the clocks of a browser and of this machine need not agree to the second.
        let now = Int64(time(nil))
        return try write(names: names, into: folder, notBefore: now - 3600, notAfter: now + 30 * 86400)
    }

    /// The same with another time, in seconds since 1970.
    public static func write(
        names: [String], into folder: String, notBefore: Int64, notAfter: Int64
    ) throws(Failure) -> CertificateFiles {
        _ = OpenSSLLibrary.started
        guard let first = names.first else { throw .badName("") }
        var alternatives: [String] = []
        for name in names { alternatives.append(try alternative(name)) }
        guard let key = tidegate_generate_P256() else { throw .library(ErrorQueue.takeText()) }
        defer { EVP_PKEY_free(key) }
        guard let certificate = X509_new() else { throw .library(ErrorQueue.takeText()) }
        defer { X509_free(certificate) }
        guard
            fill(
                certificate, key: key, commonName: first, alternatives: alternatives.joined(separator: ","), notBefore: notBefore,
                notAfter: notAfter)
        else { throw .library(ErrorQueue.takeText()) }

        let files = CertificateFiles(certificate: folder + "/certificate.pem", key: folder + "/key.pem")
        try save(to: files.certificate, mode: 0o644) { PEM_write_bio_X509($0, certificate) }
        try save(to: files.key, mode: 0o600) { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
        return files
    }

    /// The name as OpenSSL's extension syntax wants it; checked, since a comma in it would mean another name.
    private static func alternative(_ name: String) throws(Failure) -> String {
        var address = in6_addr()
        if inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1 { return "IP:" + name }
        guard ServerName.pattern(Array(name.utf8)) != nil else { throw .badName(name) }
        return "DNS:" + name
    }

    private static func fill(
        _ certificate: OpaquePointer, key: OpaquePointer, commonName: String, alternatives: String, notBefore: Int64, notAfter: Int64
    ) -> Bool {
        var serial: Int64 = 0
        guard RAND_bytes(&serial, 8) == 1, let subject = X509_get_subject_name(certificate) else { return false }
        let isNamed = X509_NAME_add_entry_by_txt(
            subject, "CN", MBSTRING_UTF8, Array(commonName.utf8.prefix(64)), Int32(commonName.utf8.prefix(64).count), -1, 0)
        return isNamed == 1
            && X509_set_version(certificate, 2) == 1
            && ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), serial & Int64.max | 1) == 1
            && ASN1_TIME_set(X509_getm_notBefore(certificate), time_t(notBefore)) != nil
            && ASN1_TIME_set(X509_getm_notAfter(certificate), time_t(notAfter)) != nil
            && X509_set_issuer_name(certificate, subject) == 1
            && X509_set_pubkey(certificate, key) == 1
            && extend(certificate, NID_subject_alt_name, alternatives)
            && extend(certificate, NID_basic_constraints, "critical,CA:FALSE")
            && extend(certificate, NID_key_usage, "critical,digitalSignature")
            && extend(certificate, NID_ext_key_usage, "serverAuth")
            && extend(certificate, NID_subject_key_identifier, "hash")
            && X509_sign(certificate, key, EVP_sha256()) > 0
    }

    private static func extend(_ certificate: OpaquePointer, _ kind: Int32, _ value: String) -> Bool {
        var context = X509V3_CTX()
        tidegate_X509V3_context(&context, certificate, certificate)
        guard let made = X509V3_EXT_conf_nid(nil, &context, kind, value) else { return false }
        defer { X509_EXTENSION_free(made) }
        return X509_add_ext(certificate, made, -1) == 1
    }

    private static func save(
        to path: String, mode: mode_t, _ body: (OpaquePointer) -> Int32
    ) throws(Failure) {
        guard let bio = BIO_new(BIO_s_mem()) else { throw .library(ErrorQueue.takeText()) }
        defer { BIO_free(bio) }
        guard body(bio) == 1 else { throw .library(ErrorQueue.takeText()) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = Int(max(0, BIO_read(bio, &bytes, Int32(bytes.count))))
        // Never into an existing file: its permissions, or the link it is, might give the key away.
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .file(path, code: errno) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, count) == count else { throw .file(path, code: errno) }
    }
}
