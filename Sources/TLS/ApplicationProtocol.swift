import COpenSSL

/// The protocol inside TLS (RFC 7301): `http/1.1`, the only one spoken here. WebSocket's upgrade needs it.
enum ApplicationProtocol {
    /// Length and name, as they travel.
    private static let http11: StaticString = "\u{8}http/1.1"

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
