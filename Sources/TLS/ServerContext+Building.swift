import COpenSSL

extension ServerContext {
    /// AES-128 before AES-256: as safe for what lives this short, cheaper per record, and SHA-256 is cheaper per handshake. A client
    /// that puts ChaCha20 first (no AES in its processor) gets it.
    private static let suites13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    /// Forward secret and authenticated encryption only (RFC 9325 4.2).
    private static let suites12 =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
        + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
    private static let groups = "X25519:P-256:P-384"
    private static let sessionContext: StaticString = "tidegate"
    /// How long a ticket is worth something, in seconds.
    private static let ticketLifetime = 7200

    /// A context for one certificate. Throws a problem of kind `.other` with OpenSSL's reason when it is refused.
    static func makeContext(
        _ loaded: LoadedCertificate, files: CertificateFiles, index: Int, minimumVersion: TLSVersion
    ) throws(TLSProblem) -> OpaquePointer {
        guard OpenSSLLibrary.started, let context = SSL_CTX_new(TLS_server_method()) else {
            throw refused(files, index: index)
        }
        guard configure(context, minimumVersion: minimumVersion), install(loaded, in: context) else {
            SSL_CTX_free(context)
            throw refused(files, index: index)
        }
        ErrorQueue.clear()
        return context
    }

    private static func install(_ loaded: LoadedCertificate, in context: OpaquePointer) -> Bool {
        guard SSL_CTX_use_certificate(context, loaded.certificate) == 1, SSL_CTX_use_PrivateKey(context, loaded.key) == 1 else {
            return false
        }
        for link in loaded.chain {
            guard tidegate_SSL_CTX_add_chain_certificate(context, link) == 1 else { return false }
        }
        return SSL_CTX_check_private_key(context) == 1
    }

    private static func configure(_ context: OpaquePointer, minimumVersion: TLSVersion) -> Bool {
        SSL_CTX_set_options(context, tidegate_server_options())
        // Released buffers: an idle connection must not hold 33 KiB. No automatic retry: a read must come back after
        // each record without data, so that they can be counted.
        _ = tidegate_SSL_CTX_set_mode(
            context, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        _ = tidegate_SSL_CTX_clear_mode(context, Int(SSL_MODE_AUTO_RETRY) | Int(SSL_MODE_ENABLE_PARTIAL_WRITE))
        _ = tidegate_SSL_CTX_set_session_cache_mode(context, Int(SSL_SESS_CACHE_OFF))
        tidegate_SSL_CTX_set_read_ahead(context, 0)
        _ = SSL_CTX_set_timeout(context, ticketLifetime)
        let id = UnsafeBufferPointer(start: sessionContext.utf8Start, count: sessionContext.utf8CodeUnitCount)
        return tidegate_SSL_CTX_set_minimum_version(context, minimumVersion.wireValue) == 1
            && tidegate_SSL_CTX_set_maximum_version(context, TLS1_3_VERSION) == 1
            && SSL_CTX_set_ciphersuites(context, suites13) == 1
            && SSL_CTX_set_cipher_list(context, suites12) == 1
            && tidegate_SSL_CTX_set_groups(context, groups) == 1
            && SSL_CTX_set_num_tickets(context, 1) == 1
            && SSL_CTX_set_max_early_data(context, 0) == 1
            && SSL_CTX_set_session_id_context(context, id.baseAddress, UInt32(truncatingIfNeeded: id.count)) == 1
    }
}
