import COpenSSL

extension ClientContext {
    /// A context with these files. Throws a problem of kind `.other` with OpenSSL's reason when it is refused.
    static func makeContext(_ files: ClientFiles, _ options: ClientOptions) throws(TLSProblem) -> OpaquePointer {
        guard OpenSSLLibrary.started, let context = SSL_CTX_new(TLS_client_method()) else {
            throw refused("TLS toward backends", file: "", remedy: "free memory, or repair this machine's OpenSSL")
        }
        do throws(TLSProblem) {
            try configure(context, files, options)
        } catch {
            SSL_CTX_free(context)
            throw error
        }
        ErrorQueue.clear()
        return context
    }

    private static func configure(
        _ context: OpaquePointer, _ files: ClientFiles, _ options: ClientOptions
    ) throws(TLSProblem) {
        SSL_CTX_set_options(context, tidegate_client_options())
        SSL_CTX_set_verify(context, options.skipsVerification ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nil)
        // Sessions are handed to their identities; OpenSSL's own cache would mix what belongs to different servers.
        _ = tidegate_SSL_CTX_set_session_cache_mode(context, Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL))
        SSL_CTX_sess_set_new_cb(context, BackendIdentity.sessionGiven)
        guard ContextPolicy.apply(to: context, minimumVersion: options.minimumVersion), ApplicationProtocol.offer(in: context) else {
            throw refused("TLS toward backends", file: "", remedy: "repair this machine's OpenSSL")
        }
        if let own = files.own, !own.install(in: context) {
            let file = options.certificate?.certificate ?? ""
            throw refused(file, file: file, remedy: "use another certificate")
        }
        if let authorities = files.authorities {
            guard authorities.install(in: context) else {
                throw refused(authorities.path, file: authorities.path, remedy: "use other authorities")
            }
        } else if SSL_CTX_set_default_verify_paths(context) != 1 {
            throw refused(
                "the system's authorities", file: "", remedy: "install the package ca-certificates, or name a file of authorities")
        }
    }

    private static func refused(_ what: String, file: String, remedy: String) -> TLSProblem {
        TLSProblem(
            index: nil, file: file, kind: .other, message: "OpenSSL refused \(what): \(ErrorQueue.takeText())", remedy: remedy)
    }
}
