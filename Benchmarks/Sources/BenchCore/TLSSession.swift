import COpenSSL

/// What a client keeps of a connection in order to come back without a full handshake (RFC 8446 2.2).
package final class TLSSession {
    let raw: OpaquePointer

    /// Takes over one reference to `raw`; `nil` when no later connection could use it, as no ticket came with it.
    init?(_ raw: OpaquePointer) {
        guard SSL_SESSION_is_resumable(raw) == 1 else {
            SSL_SESSION_free(raw)
            return nil
        }
        self.raw = raw
    }

    deinit { SSL_SESSION_free(raw) }
}
