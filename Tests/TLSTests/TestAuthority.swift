import COpenSSL
import Glibc
import Testing

@testable import TLS

/// An authority with a key of its own, root or intermediate, that issues certificates for tests.
final class TestAuthority {
    /// The authority's own certificate.
    let file: String
    private let folder: TestFolder
    private let key: OpaquePointer
    private let certificate: OpaquePointer
    private let parent: TestAuthority?

    init(_ folder: TestFolder, name: String = "Test Authority", parent: TestAuthority? = nil) throws {
        self.folder = folder
        self.parent = parent
        key = try #require(tidegate_generate_P256())
        certificate = try #require(X509_new())
        let now = Int64(time(nil))
        try Self.fill(certificate, key: key, name: name, from: now - 86400 * 90, until: now + 86400 * 90)
        let issuer = parent?.certificate ?? certificate
        try Self.extend(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE")
        try Self.extend(certificate, issuer, NID_key_usage, "critical,keyCertSign")
        try Self.extend(certificate, issuer, NID_subject_key_identifier, "hash")
        #expect(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1)
        #expect(X509_sign(certificate, parent?.key ?? key, EVP_sha256()) > 0)
        let own = certificate
        file = try folder.write(Self.text { PEM_write_bio_X509($0, own) }, to: name + ".pem")
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    /// What a certificate is to say.
    struct Wish {
        /// In the extension's syntax: `DNS:a.example,IP:::1`; empty for none.
        var names: String
        var commonName = "leaf"
        /// Seconds from now.
        var from: Int64 = -3600
        var until: Int64 = 3600
        var usage = "serverAuth"
        /// Whether an intermediate's certificate follows in the file.
        var hasChain = true
    }

    func issue(_ names: String) throws -> CertificateFiles { try issue(Wish(names: names)) }

    func issue(_ wish: Wish) throws -> CertificateFiles {
        let leafKey = try #require(tidegate_generate_P256())
        defer { EVP_PKEY_free(leafKey) }
        let leaf = try #require(X509_new())
        defer { X509_free(leaf) }
        let now = Int64(time(nil))
        try Self.fill(leaf, key: leafKey, name: wish.commonName, from: now + wish.from, until: now + wish.until)
        if !wish.names.isEmpty { try Self.extend(leaf, certificate, NID_subject_alt_name, wish.names) }
        try Self.extend(leaf, certificate, NID_ext_key_usage, wish.usage)
        #expect(X509_set_issuer_name(leaf, X509_get_subject_name(certificate)) == 1)
        #expect(X509_sign(leaf, key, EVP_sha256()) > 0)
        var text = try Self.text { PEM_write_bio_X509($0, leaf) }
        if parent != nil, wish.hasChain { text += try folder.read(file) }
        let name = "\(folder.count)"
        return CertificateFiles(
            certificate: try folder.write(text, to: name + ".pem"),
            key: try folder.write(Self.text { PEM_write_bio_PrivateKey($0, leafKey, nil, nil, 0, nil, nil) }, to: name + ".key"))
    }

    private static func fill(
        _ certificate: OpaquePointer, key: OpaquePointer, name: String, from: Int64, until: Int64
    ) throws {
        var serial: Int64 = 0
        #expect(RAND_bytes(&serial, 8) == 1)
        let subject = try #require(X509_get_subject_name(certificate))
        #expect(X509_set_version(certificate, 2) == 1)
        #expect(ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), serial & Int64.max | 1) == 1)
        #expect(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, Array(name.utf8), Int32(name.utf8.count), -1, 0) == 1)
        #expect(ASN1_TIME_set(X509_getm_notBefore(certificate), time_t(from)) != nil)
        #expect(ASN1_TIME_set(X509_getm_notAfter(certificate), time_t(until)) != nil)
        #expect(X509_set_pubkey(certificate, key) == 1)
    }

    private static func extend(_ certificate: OpaquePointer, _ issuer: OpaquePointer, _ kind: Int32, _ value: String) throws {
        var context = X509V3_CTX()
        tidegate_X509V3_context(&context, issuer, certificate)
        let made = try #require(X509V3_EXT_conf_nid(nil, &context, kind, value))
        defer { X509_EXTENSION_free(made) }
        #expect(X509_add_ext(certificate, made, -1) == 1)
    }

    private static func text(_ write: (OpaquePointer) -> Int32) throws -> String {
        let bio = try #require(BIO_new(BIO_s_mem()))
        defer { BIO_free(bio) }
        let written = write(bio)
        #expect(written == 1)
        var bytes = [UInt8](repeating: 0, count: 16384)
        let count = BIO_read(bio, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    }
}
