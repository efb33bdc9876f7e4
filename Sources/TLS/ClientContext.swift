import COpenSSL

/// The client's side of TLS as configured: authorities, own certificate, versions and ciphers, prepared once and used by every worker
/// for any number of backends. Reading the system's authorities takes milliseconds and about a MiB: make one for equal options.
///
/// Sendable: the OpenSSL context is configured in `init` and never changed afterwards; OpenSSL allows any number of threads to make
/// connections from one context that nobody configures (its reference count is atomic, its store of authorities locks itself, its
/// internal session cache is off). Its one callback reads the connection's own `BackendIdentity`, which guards itself. Identities, and
/// through them engines, hold this object, and it frees the context when the last of them is gone.
public final class ClientContext: @unchecked Sendable {
    let pointer: OpaquePointer
    public let options: ClientOptions
    /// What is shown to servers that ask; nil when nothing is configured.
    public let certificate: CertificateFacts?

    /// Reads all files and prepares the context.
    ///
    /// Throws the first problem that keeps it from being used; a certificate out of its time is none
    /// (`problems(_:names:now:)` tells them all).
    public init(_ options: ClientOptions) throws(TLSProblem) {
        var problems: [TLSProblem] = []
        let files = ClientFiles(options, problems: &problems)
        if let problem = problems.first { throw problem }
        pointer = try Self.makeContext(files, options)
        certificate = files.own?.facts
        self.options = options
    }

    deinit { SSL_CTX_free(pointer) }
}
