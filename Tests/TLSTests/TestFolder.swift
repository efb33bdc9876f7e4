import COpenSSL
import Glibc
import Testing

@testable import TLS

/// A folder of its own for a test's files, removed with everything in it when nobody holds it.
final class TestFolder {
    let path: String
    private var created: [String] = []

    struct Failed: Error {}

    /// How much was made in it, for names that nobody has yet.
    var count: Int { created.count }

    init() throws {
        var template = Array("/tmp/tidegate-tls-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failed() }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    deinit {
        for file in created { unlink(file) }
        for folder in created.reversed() { rmdir(folder) }
        rmdir(path)
    }

    /// A certificate for these names in a subfolder of its own.
    func certificate(_ names: String...) throws -> CertificateFiles {
        let folder = try subfolder()
        let files = try SelfSignedCertificate.write(names: names, into: folder)
        created += [files.certificate, files.key]
        return files
    }

    func certificate(_ name: String, notBefore: Int64, notAfter: Int64) throws -> CertificateFiles {
        let folder = try subfolder()
        let files = try SelfSignedCertificate.write(names: [name], into: folder, notBefore: notBefore, notAfter: notAfter)
        created += [files.certificate, files.key]
        return files
    }

    func subfolder() throws -> String {
        let folder = "\(path)/\(created.count)"
        guard mkdir(folder, 0o700) == 0 else { throw Failed() }
        created.append(folder)
        return folder
    }

    func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        guard let stream = fopen(file, "w") else { throw Failed() }
        created.append(file)
        fputs(text, stream)
        fclose(stream)
        return file
    }

    func read(_ file: String) throws -> String {
        guard let stream = fopen(file, "r") else { throw Failed() }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = fread(&bytes, 1, bytes.count, stream)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// A new P-256 key, encrypted with a passphrase.
    func encryptedKey() throws -> String {
        let key = try #require(tidegate_generate_P256())
        defer { EVP_PKEY_free(key) }
        let file = "\(path)/encrypted.pem"
        let bio = try #require(BIO_new_file(file, "w"))
        defer { BIO_free(bio) }
        created.append(file)
        #expect(PEM_write_bio_PrivateKey(bio, key, EVP_aes_128_cbc(), "secret", 6, nil, nil) == 1)
        return file
    }
}

/// A context for one certificate, good for most tests.
func makeContext(_ folder: TestFolder, minimum: TLSVersion = .tls12, tickets: TicketKeys = TicketKeys()) throws -> ServerContext {
    try ServerContext(certificates: [try folder.certificate("localhost")], minimumVersion: minimum, tickets: tickets)
}

/// A client and a server after a good handshake. What the client had left to say (nothing, as a rule) was read.
func connected(
    _ context: ServerContext, _ options: TestClient.Options = .init(), recordsPerKey: Int = TLSEngine.recordsPerKey
) throws -> (client: TestClient, server: TestEngine) {
    let client = try TestClient(options)
    let server = try TestEngine(context, recordsPerKey: recordsPerKey)
    let outcome = shakeHands(client, server)
    #expect(outcome.server == .complete)
    #expect(outcome.client)
    return (client, server)
}

/// Options of a client that speaks this version only.
func only(_ version: Int32) -> TestClient.Options { TestClient.Options(minimum: version, maximum: version) }

extension HandshakeStep {
    var reason: TLSFailure.Reason? { if case .failed(let failure) = self { failure.reason } else { nil } }
}

extension ReadStep {
    var reason: TLSFailure.Reason? { if case .failed(let failure) = self { failure.reason } else { nil } }
}
