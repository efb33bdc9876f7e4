import COpenSSL
import Glibc

/// One connection's bytes, plain or TLS; above it nobody knows which. Owns the descriptor and closes it at its end.
package final class Stream {
    /// How a receive or a send ended.
    package enum Transfer: Equatable {
        /// So many bytes, more than 0.
        case moved(Int)
        /// Nothing now; wait for readiness.
        case blocked
        /// The peer ended its direction (receive only).
        case ended
        /// The connection is of no more use.
        case failed
    }

    /// How far a TLS handshake came.
    package enum Handshake { case done, wantsRead, wantsWrite, failed }

    package let descriptor: Int32
    private let ssl: OpaquePointer?
    /// OpenSSL must not be asked for a farewell after an error.
    private var isBroken = false

    package init(plain descriptor: Int32) {
        self.descriptor = descriptor
        ssl = nil
    }

    /// A TLS client over `descriptor`, which this stream owns from now on; with a `session` it offers to take that up. `nil` when OpenSSL
    /// has no memory for it.
    package init?(_ descriptor: Int32, tls: ClientTLS, session: TLSSession? = nil) {
        self.descriptor = descriptor
        ssl = tls.makeConnection(over: descriptor, session: session)
        if ssl == nil { return nil }
    }

    /// A TLS server over `descriptor`, which this stream owns from now on. `nil` when OpenSSL has no memory for it.
    package init?(_ descriptor: Int32, tls: ServerTLS) {
        self.descriptor = descriptor
        ssl = tls.makeConnection(over: descriptor)
        if ssl == nil { return nil }
    }

    deinit {
        if let ssl {
            // A close_notify, as clients and servers send it. Without it OpenSSL also forbids to take up the session again.
            if !isBroken && SSL_is_init_finished(ssl) == 1 { SSL_shutdown(ssl) }
            SSL_free(ssl)
        }
        close(descriptor)
    }

    /// Moves the TLS handshake on; a plain stream is done at once.
    package func handshake() -> Handshake {
        guard let ssl else { return .done }
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 { return .done }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        default:
            isBroken = true
            return .failed
        }
    }

    /// Whether the handshake, which is done, took up an earlier session.
    package var isResumed: Bool {
        guard let ssl else { return false }
        return SSL_session_reused(ssl) == 1
    }

    /// What a later connection may take up; `nil` on a plain stream and when the server gave no ticket so far.
    package var session: TLSSession? {
        guard let ssl, let raw = SSL_get1_session(ssl) else { return nil }
        return TLSSession(raw)
    }

    /// Whether OpenSSL already holds bytes that no readiness will announce.
    package var holdsUnread: Bool {
        guard let ssl else { return false }
        return SSL_has_pending(ssl) == 1
    }

    package func receive(into area: UnsafeMutableRawBufferPointer) -> Transfer {
        if let ssl {
            ERR_clear_error()
            var count = 0
            let result = SSL_read_ex(ssl, area.baseAddress, area.count, &count)
            return result == 1 ? .moved(count) : classify(ssl, result)
        }
        let count = recv(descriptor, area.baseAddress, area.count, 0)
        if count > 0 { return .moved(count) }
        if count == 0 { return .ended }
        return errno == EAGAIN || errno == EINTR ? .blocked : .failed
    }

    /// Sends what the kernel takes of `bytes`, which are not empty. After `.blocked` the next send on a TLS stream must begin
    /// with the same bytes (OpenSSL has a record of them half-way out).
    package func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        if let ssl {
            ERR_clear_error()
            var count = 0
            let result = SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count)
            return result == 1 ? .moved(count) : classify(ssl, result)
        }
        let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if count >= 0 { return .moved(count) }
        return errno == EAGAIN || errno == EINTR ? .blocked : .failed
    }

    private func classify(_ ssl: OpaquePointer, _ result: Int32) -> Transfer {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .blocked
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            isBroken = true
            return .failed
        }
    }
}
