import COpenSSL

/// One TLS connection over memory: ciphertext in, plaintext out, and back. It never touches a socket.
///
/// Every call works on the worker's `TLSMemory`: it takes from `input`, and appends to `output`, which the caller sends
/// whatever the call came to, failures included (that is where an alert lies). It refuses renegotiation, compression and early
/// data, and bounds how many KeyUpdate messages may come without data between them, or within one input.
///
/// One type for both sides: what differs is how it is made and what a handshake checks.
///
/// It does not see the connection's end. A FIN while `hasReceivedCloseNotify` is false is a truncation (RFC 8446 6.1).
public struct TLSEngine: ~Copyable {
    /// How often OpenSSL may come back without data although it had input: in a row, and out of one input. OpenSSL 3.0 does so
    /// twice for a KeyUpdate, so this allows 32 of them.
    static let emptyReadLimit: UInt32 = 64
    /// The same of a server's messages: its tickets come this way too (RFC 8446 4.6.1), and some servers give many.
    static let emptyReadLimitOfServer: UInt32 = 256
    /// TLS records that one key may encrypt before it is replaced: below the 2^24.5 of RFC 8446 5.5 for AES-GCM.
    public static let recordsPerKey = 1 << 24

    let ssl: OpaquePointer
    let storage: UnsafeMutablePointer<TLSMemoryStorage>
    /// Kept alive for `storage`.
    private let memory: TLSMemory
    /// Kept alive for the callbacks, which point to it.
    let side: Side

    var stage = Stage.handshaking
    /// Set once a failure or close_notify was met behind bytes that had to be handed out first.
    var failure: TLSFailure?
    /// Reads without data since the last one with data, and since the input was set.
    var emptyInARow: UInt32 = 0
    var emptyInInput: UInt32 = 0
    let recordsPerKey: Int
    var recordsWritten = 0

    /// Which side of the connection this is, and what it was made from.
    enum Side {
        case server(ServerContext)
        case client(BackendIdentity)
    }

    enum Stage {
        case handshaking
        case open
        /// The peer's close_notify came; writing goes on.
        case peerClosed
        case failed
    }

    /// A server's side of a new connection; nil when memory is short.
    /// - Parameter recordsPerKey: how many records to write with one TLS 1.3 key before a KeyUpdate; tests make it small.
    public init?(server: ServerContext, memory: TLSMemory, recordsPerKey: Int = TLSEngine.recordsPerKey) {
        guard let ssl = Self.connection(of: server.defaultContext, memory) else { return nil }
        SSL_set_accept_state(ssl)
        self.init(owning: ssl, side: .server(server), memory: memory, recordsPerKey: recordsPerKey)
    }

    /// A client's side of a new connection to `identity`, with a session to resume where there is one. Call `handshake()` once
    /// without input: it puts the ClientHello into the output.
    ///
    /// Nil when memory is short, or when the server is to be verified and the identity's name is nothing a certificate could be for.
    public init?(client identity: BackendIdentity, memory: TLSMemory, recordsPerKey: Int = TLSEngine.recordsPerKey) {
        guard let ssl = Self.connection(of: identity.context.pointer, memory) else { return nil }
        guard identity.prepare(ssl) else {
            SSL_free(ssl)
            ErrorQueue.clear()
            return nil
        }
        SSL_set_connect_state(ssl)
        self.init(owning: ssl, side: .client(identity), memory: memory, recordsPerKey: recordsPerKey)
    }

    private init(owning ssl: OpaquePointer, side: Side, memory: TLSMemory, recordsPerKey: Int) {
        self.ssl = ssl
        self.storage = memory.storage
        self.memory = memory
        self.side = side
        self.recordsPerKey = max(1, recordsPerKey)
    }

    private static func connection(of context: OpaquePointer, _ memory: TLSMemory) -> OpaquePointer? {
        guard let ssl = SSL_new(context) else {
            ErrorQueue.clear()
            return nil
        }
        guard let bio = MemoryBIO.make(over: memory.storage) else {
            SSL_free(ssl)
            ErrorQueue.clear()
            return nil
        }
        SSL_set_bio(ssl, bio, bio)
        return ssl
    }

    deinit {
        SSL_free(ssl)
    }

    /// Goes on with the handshake as far as the input allows. Call it when input has come, and on a client's side once before.
    ///
    /// After `.complete` it does nothing but say so again.
    public mutating func handshake() -> HandshakeStep {
        switch stage {
        case .handshaking: break
        case .open, .peerClosed: return .complete
        case .failed: return .failed(failure ?? Self.usedAfterFailure)
        }
        ErrorQueue.clear()
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            if let refusal = refusedProtocol() { return .failed(fail(refusal)) }
            stage = .open
            forgetEphemeralKeys()
            return .complete
        }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsInput
        case let error: return .failed(fail(error))
        }
    }

    /// Empties the ephemeral keys, which TLS 1.3 in OpenSSL keeps as long as the connection although nothing uses them any
    /// more: it spares 450 bytes, and a key that is gone cannot leak. (To set its type is what empties a key.)
    private func forgetEphemeralKeys() {
        for key in [tidegate_SSL_get1_own_ephemeral_key(ssl), tidegate_SSL_get1_peer_ephemeral_key(ssl)] {
            guard let key else { continue }
            _ = EVP_PKEY_set_type(key, EVP_PKEY_get_base_id(key))
            EVP_PKEY_free(key)
        }
        ErrorQueue.clear()
    }

    /// Moves to the failed stage and says why. `error` is what `SSL_get_error` gave.
    mutating func fail(_ error: Int32) -> TLSFailure {
        if error == SSL_ERROR_WANT_WRITE {
            return fail(TLSFailure(reason: .internal, detail: "the output had no room"))
        }
        let failure = ErrorQueue.takeFailure()
        return fail(failure.reason == .certificateOther ? .verification(SSL_get_verify_result(ssl)) : failure)
    }

    mutating func fail(_ failure: TLSFailure) -> TLSFailure {
        stage = .failed
        self.failure = failure
        return failure
    }

    static let usedAfterFailure = TLSFailure(reason: .internal, detail: "used after a failure")
    static let usedBeforeHandshake = TLSFailure(reason: .internal, detail: "used before the handshake was complete")
}
