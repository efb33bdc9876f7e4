import COpenSSL
import Testing

@testable import TLS

/// A real OpenSSL server, which may do what ours never does.
final class TestBackend: TestPeer {
    struct Options {
        var files: CertificateFiles
        var minimum = TLS1_2_VERSION
        var maximum = TLS1_3_VERSION
        var tickets = 2
        /// The authority whose clients alone are let in.
        var clients: TestAuthority?
        /// Whether it picks a protocol that nobody offered.
        var picksForeignProtocol = false
    }

    init(_ options: Options) throws {
        let context = try #require(SSL_CTX_new(TLS_server_method()))
        SSL_CTX_set_security_level(context, 0)
        #expect(tidegate_SSL_CTX_set_minimum_version(context, options.minimum) == 1)
        #expect(tidegate_SSL_CTX_set_maximum_version(context, options.maximum) == 1)
        #expect(SSL_CTX_use_certificate_chain_file(context, options.files.certificate) == 1)
        #expect(SSL_CTX_use_PrivateKey_file(context, options.files.key, SSL_FILETYPE_PEM) == 1)
        #expect(SSL_CTX_set_num_tickets(context, options.tickets) == 1)
        #expect(SSL_CTX_set_session_id_context(context, [1, 2, 3], 3) == 1)
        if let clients = options.clients {
            #expect(SSL_CTX_load_verify_locations(context, clients.file, nil) == 1)
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        }
        if options.picksForeignProtocol {
            SSL_CTX_set_alpn_select_cb(context, Self.pickForeign, nil)
        }
        try super.init(owning: context)
        SSL_set_accept_state(ssl)
    }

    private static let foreign: StaticString = "h2"

    private static let pickForeign:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?, UnsafePointer<UInt8>?,
            UInt32, UnsafeMutableRawPointer?
        ) -> Int32 = { _, chosen, count, _, _, _ in
            chosen?.pointee = foreign.utf8Start
            count?.pointee = UInt8(foreign.utf8CodeUnitCount)
            return SSL_TLSEXT_ERR_OK
        }

    /// The name the client asked for by SNI.
    var askedName: String? {
        SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) }
    }
}

/// Runs a handshake between an engine that dials and a server until neither has anything to say; the engine's last step, and whether
/// the server is done.
///
/// - Parameter piece: how many bytes the engine is given at a time.
@discardableResult
func meet(_ dialer: TestEngine, _ backend: TestBackend, piece: Int = .max) -> (dialer: HandshakeStep, backend: Bool) {
    var step = dialer.handshake([])
    for _ in 0..<8 {
        backend.receive(dialer.takeOutput())
        let isDone = backend.handshake()
        let bytes = backend.sent()
        if bytes.isEmpty { return (step, isDone) }
        var start = 0
        while start < bytes.count, step == .wantsInput {
            let end = piece == .max ? bytes.count : min(bytes.count, start + piece)
            step = dialer.handshake(Array(bytes[start..<end]))
            start = end
        }
        // What came behind the last word of the handshake.
        if start < bytes.count, step == .complete { _ = dialer.read(Array(bytes[start...])) }
    }
    return (step, backend.handshake())
}

/// The same with one of our servers, whose tickets then reach the engine that dials.
func meet(_ dialer: TestEngine, _ server: TestEngine) -> (dialer: HandshakeStep, server: HandshakeStep) {
    var steps = (dialer: dialer.handshake([]), server: HandshakeStep.wantsInput)
    for _ in 0..<8 {
        let there = dialer.takeOutput()
        if !there.isEmpty, steps.server == .wantsInput { steps.server = server.handshake(there) }
        let back = server.takeOutput()
        if back.isEmpty { break }
        if steps.dialer == .wantsInput {
            steps.dialer = dialer.handshake(back)
            if steps.dialer == .complete { _ = dialer.readAll() }
        } else {
            _ = dialer.read(back)
        }
    }
    return steps
}
