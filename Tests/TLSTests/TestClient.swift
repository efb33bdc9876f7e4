import COpenSSL
import Testing

/// A real OpenSSL client.
final class TestClient: TestPeer {
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

    init(_ options: Options = Options()) throws {
        let context = try #require(SSL_CTX_new(TLS_client_method()))
        // Level 0, so that this client may offer what the server is to refuse.
        SSL_CTX_set_security_level(context, 0)
        #expect(tidegate_SSL_CTX_set_minimum_version(context, options.minimum) == 1)
        #expect(tidegate_SSL_CTX_set_maximum_version(context, options.maximum) == 1)
        if let ciphers = options.ciphers { #expect(SSL_CTX_set_cipher_list(context, ciphers) == 1) }
        if let suites = options.suites { #expect(SSL_CTX_set_ciphersuites(context, suites) == 1) }
        try super.init(owning: context)
        if let name = options.serverName { #expect(tidegate_SSL_set_server_name(ssl, name) == 1) }
        if !options.protocols.isEmpty {
            #expect(SSL_set_alpn_protos(ssl, options.protocols, UInt32(options.protocols.count)) == 0)
        }
        if let session = options.session { #expect(SSL_set_session(ssl, session.pointer) == 1) }
        SSL_set_connect_state(ssl)
    }

    var session: Session? { SSL_get1_session(ssl).map(Session.init) }
}
