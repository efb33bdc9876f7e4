import COpenSSL

extension ServerContext {
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
        guard configure(context, minimumVersion: minimumVersion), loaded.install(in: context) else {
            SSL_CTX_free(context)
            throw refused(files, index: index)
        }
        ErrorQueue.clear()
        return context
    }

    private static func configure(_ context: OpaquePointer, minimumVersion: TLSVersion) -> Bool {
        SSL_CTX_set_options(context, tidegate_server_options())
        _ = tidegate_SSL_CTX_set_session_cache_mode(context, Int(SSL_SESS_CACHE_OFF))
        // The chain is what the file has. To look for one, with each handshake, finds nothing: these contexts believe nobody.
        _ = tidegate_SSL_CTX_set_mode(context, Int(SSL_MODE_NO_AUTO_CHAIN))
        _ = SSL_CTX_set_timeout(context, ticketLifetime)
        let id = UnsafeBufferPointer(start: sessionContext.utf8Start, count: sessionContext.utf8CodeUnitCount)
        return ContextPolicy.apply(to: context, minimumVersion: minimumVersion)
            && SSL_CTX_set_num_tickets(context, 1) == 1
            && SSL_CTX_set_max_early_data(context, 0) == 1
            && SSL_CTX_set_session_id_context(context, id.baseAddress, UInt32(truncatingIfNeeded: id.count)) == 1
    }
}
