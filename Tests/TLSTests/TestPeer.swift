import COpenSSL
import Testing

/// A real OpenSSL connection over two memory BIOs: what it wants to send is taken by `sent()`, what it shall receive is given to
/// `receive(_:)`.
class TestPeer {
    let ssl: OpaquePointer
    private let context: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    init(owning context: OpaquePointer) throws {
        self.context = context
        ssl = try #require(SSL_new(context))
        incoming = try #require(BIO_new(BIO_s_mem()))
        outgoing = try #require(BIO_new(BIO_s_mem()))
        SSL_set_bio(ssl, incoming, outgoing)
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

    /// Starts a KeyUpdate that asks the other side for one, too.
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

    var chosenProtocol: String {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &count)
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// The common name of the certificate the other side showed.
    var peerName: String? {
        guard let certificate = SSL_get1_peer_certificate(ssl) else { return nil }
        defer { X509_free(certificate) }
        var text = [CChar](repeating: 0, count: 256)
        guard X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, &text, 256) > 0 else { return nil }
        return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
    }

    /// The reason text of the error the last call left, such as an alert of the other side.
    var lastError: String {
        let code = ERR_peek_error()
        return ERR_reason_error_string(code).map { String(cString: $0) } ?? ""
    }
}
