import COpenSSL

extension TLSEngine {
    /// Whether the handshake has been completed (and nothing failed since).
    public var isHandshakeComplete: Bool { stage == .open || stage == .peerClosed }

    /// Whether the peer said that it will send nothing more. A FIN without it is a truncation (RFC 8446 6.1).
    public var hasReceivedCloseNotify: Bool { stage == .peerClosed }

    /// The negotiated version as a metric's label: `TLSv1.2`, `TLSv1.3`, or `none` while there is no such thing.
    public var version: StaticString {
        guard isHandshakeComplete else { return "none" }
        switch SSL_version(ssl) {
        case TLS1_3_VERSION: return "TLSv1.3"
        case TLS1_2_VERSION: return "TLSv1.2"
        default: return "none"
        }
    }

    /// Whether the output of a handshake that has just become complete may wait for the next words of this side: in TLS 1.3 a server's
    /// holds nothing but a ticket, which the client does not wait for.
    public var outputMayWait: Bool {
        guard case .server = side else { return false }
        return stage == .open && SSL_version(ssl) == TLS1_3_VERSION
    }

    /// Whether a ticket spared this connection a full handshake.
    public var isResumed: Bool { isHandshakeComplete && SSL_session_reused(ssl) == 1 }

    /// The name of the cipher suite, as OpenSSL spells it; nil before the handshake.
    public var cipher: String? {
        guard let cipher = SSL_get_current_cipher(ssl), let name = SSL_CIPHER_get_name(cipher) else { return nil }
        return String(cString: name)
    }

    /// The server name the client asks for, in lower case; nil when it sends none, or one that no host could have
    /// (an address, empty labels, odd characters).
    public var serverName: String? {
        guard let name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) else { return nil }
        return ServerName.normalized(name)
    }
}
