import COpenSSL
import Testing

/// A real OpenSSL client over two memory BIOs: what it wants to send is taken by `sent()`, what it shall receive is given to `receive(_:)`.
final class TestClient {
    struct Options {
        var minimum = TLS1_2_VERSION
        var maximum = TLS1_3_VERSION
        var serverName: String? = "localhost"
        /// Names as they travel, each after its length.
        var protocols: [UInt8] = []
        var ciphers: String?
        var suites: String?
        var session: Session?
    }

    /// A session to resume; frees itself.
    final class Session {
        let pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { self.pointer = pointer }
        deinit { SSL_SESSION_free(pointer) }
    }

    let ssl: OpaquePointer
    private let context: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    init(_ options: Options = Options()) throws {
        context = try #require(SSL_CTX_new(TLS_client_method()))
        // Level 0, so that this client may offer what the server is to refuse.
        SSL_CTX_set_security_level(context, 0)
        #expect(tidegate_SSL_CTX_set_minimum_version(context, options.minimum) == 1)
        #expect(tidegate_SSL_CTX_set_maximum_version(context, options.maximum) == 1)
        if let ciphers = options.ciphers { #expect(SSL_CTX_set_cipher_list(context, ciphers) == 1) }
        if let suites = options.suites { #expect(SSL_CTX_set_ciphersuites(context, suites) == 1) }
        ssl = try #require(SSL_new(context))
        incoming = try #require(BIO_new(BIO_s_mem()))
        outgoing = try #require(BIO_new(BIO_s_mem()))
        SSL_set_bio(ssl, incoming, outgoing)
        if let name = options.serverName { #expect(tidegate_SSL_set_server_name(ssl, name) == 1) }
        if !options.protocols.isEmpty {
            #expect(SSL_set_alpn_protos(ssl, options.protocols, UInt32(options.protocols.count)) == 0)
        }
        if let session = options.session { #expect(SSL_set_session(ssl, session.pointer) == 1) }
        SSL_set_connect_state(ssl)
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
        ERR_clear_error()
    }

    func receive(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        #expect(BIO_write(incoming, bytes, Int32(bytes.count)) == Int32(bytes.count))
    }

    func sent() -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = BIO_read(outgoing, &chunk, Int32(chunk.count)), count > 0 { all += chunk[..<Int(count)] }
        return all
    }

    /// True once complete.
    @discardableResult
    func handshake() -> Bool {
        ERR_clear_error()
        return SSL_do_handshake(ssl) == 1
    }

    func write(_ bytes: [UInt8]) {
        ERR_clear_error()
        #expect(SSL_write(ssl, bytes, Int32(bytes.count)) == Int32(bytes.count))
    }

    /// All plaintext there is.
    func read() -> [UInt8] {
        ERR_clear_error()
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = SSL_read(ssl, &chunk, Int32(chunk.count)), count > 0 { all += chunk[..<Int(count)] }
        return all
    }

    /// Starts a KeyUpdate that asks the server for one, too.
    func updateKey() {
        ERR_clear_error()
        #expect(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) == 1)
        #expect(SSL_do_handshake(ssl) == 1)
    }

    func renegotiate() {
        ERR_clear_error()
        #expect(SSL_renegotiate(ssl) == 1)
        _ = SSL_do_handshake(ssl)
    }

    func close() {
        ERR_clear_error()
        _ = SSL_shutdown(ssl)
    }

    var hasReceivedCloseNotify: Bool { SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 }
    var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    var session: Session? { SSL_get1_session(ssl).map(Session.init) }

    var chosenProtocol: String {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &count)
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// The common name of the certificate the server showed.
    var peerName: String? {
        guard let certificate = SSL_get1_peer_certificate(ssl) else { return nil }
        defer { X509_free(certificate) }
        var text = [CChar](repeating: 0, count: 256)
        guard X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, &text, 256) > 0 else { return nil }
        return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
    }

    /// The reason text of the error the last call left, such as an alert of the server.
    var lastError: String {
        let code = ERR_peek_error()
        return ERR_reason_error_string(code).map { String(cString: $0) } ?? ""
    }
}
