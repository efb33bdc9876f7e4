import COpenSSL

/// Which context answers for which server name. Immutable; its pointers are owned by the `ServerContext` that owns it.
final class ServerNameTable {
    private let contexts: [String: OpaquePointer]

    init(_ certificates: [(names: [String], context: OpaquePointer)]) {
        var contexts: [String: OpaquePointer] = [:]
        for certificate in certificates {
            for name in certificate.names where contexts[name] == nil { contexts[name] = certificate.context }
        }
        self.contexts = contexts
    }

    /// The context of exactly this name, else of the wildcard one label above; nil for the default.
    func context(for name: String) -> OpaquePointer? {
        if let exact = contexts[name] { return exact }
        return ServerName.wildcard(for: name).flatMap { contexts[$0] }
    }

    /// Called by OpenSSL once it has parsed a ClientHello. A name that no host could have gets the default certificate, as no name does.
    static let callback: @convention(c) (OpaquePointer?, UnsafeMutablePointer<Int32>?, UnsafeMutableRawPointer?) -> Int32 = {
        ssl, _, argument in
        guard let ssl, let argument, let name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name),
            let normalized = ServerName.normalized(name)
        else { return SSL_TLSEXT_ERR_NOACK }
        let table = Unmanaged<ServerNameTable>.fromOpaque(argument).takeUnretainedValue()
        if let context = table.context(for: normalized), context != SSL_get_SSL_CTX(ssl) {
            _ = SSL_set_SSL_CTX(ssl, context)
        }
        return SSL_TLSEXT_ERR_OK
    }
}
