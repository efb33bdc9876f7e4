import COpenSSL

/// The protocol inside TLS (RFC 7301): `http/1.1`, the only one spoken here. WebSocket's upgrade needs it.
enum ApplicationProtocol {
    /// Length and name, as they travel.
    private static let http11: StaticString = "\u{8}http/1.1"

    /// Offers it, and nothing else, to the servers that clients of this context speak to.
    static func offer(in context: OpaquePointer) -> Bool {
        // Of all functions this one gives 0 for success.
        SSL_CTX_set_alpn_protos(context, http11.utf8Start, UInt32(truncatingIfNeeded: http11.utf8CodeUnitCount)) == 0
    }

    /// Whether a name, without its length, is the one spoken here.
    static func isOurs(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let ours = UnsafeBufferPointer(start: http11.utf8Start, count: http11.utf8CodeUnitCount)
        return ours.dropFirst().elementsEqual(name)
    }

    /// Chooses from what the client offers. A client that offers nothing is not asked; one that offers only
    /// other protocols gets the alert no_application_protocol.
    static let callback:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?, UnsafePointer<UInt8>?,
            UInt32, UnsafeMutableRawPointer?
        ) -> Int32 = { _, chosen, chosenCount, offered, offeredCount, _ in
            guard let chosen, let chosenCount, let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
            var pointer: UnsafeMutablePointer<UInt8>?
            let result = SSL_select_next_proto(
                &pointer, chosenCount, http11.utf8Start, UInt32(truncatingIfNeeded: http11.utf8CodeUnitCount), offered, offeredCount)
            guard result == OPENSSL_NPN_NEGOTIATED, let pointer else { return SSL_TLSEXT_ERR_ALERT_FATAL }
            chosen.pointee = UnsafePointer(pointer)
            return SSL_TLSEXT_ERR_OK
        }
}
