import COpenSSL

/// What the contexts of both sides have in common: versions, ciphers, groups, and how buffers are held.
enum ContextPolicy {
    /// AES-128 before AES-256: as safe for what lives this short, cheaper per record, and SHA-256 is cheaper per handshake. A client
    /// that puts ChaCha20 first (no AES in its processor) gets it.
    private static let suites13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    /// Forward secret and authenticated encryption only (RFC 9325 4.2).
    private static let suites12 =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
        + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
    private static let groups = "X25519:P-256:P-384"

    /// False leaves OpenSSL's reason in the error queue.
    static func apply(to context: OpaquePointer, minimumVersion: TLSVersion) -> Bool {
        // Released buffers: an idle connection must not hold 33 KiB. No automatic retry: a read must come back after
        // each record without data, so that they can be counted.
        _ = tidegate_SSL_CTX_set_mode(
            context, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        _ = tidegate_SSL_CTX_clear_mode(context, Int(SSL_MODE_AUTO_RETRY) | Int(SSL_MODE_ENABLE_PARTIAL_WRITE))
        tidegate_SSL_CTX_set_read_ahead(context, 0)
        return tidegate_SSL_CTX_set_minimum_version(context, minimumVersion.wireValue) == 1
            && tidegate_SSL_CTX_set_maximum_version(context, TLS1_3_VERSION) == 1
            && SSL_CTX_set_ciphersuites(context, suites13) == 1
            && SSL_CTX_set_cipher_list(context, suites12) == 1
            && tidegate_SSL_CTX_set_groups(context, groups) == 1
    }
}
