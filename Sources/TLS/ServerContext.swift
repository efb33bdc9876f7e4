import COpenSSL

/// A listener's TLS as configured: its certificates, versions and ciphers, prepared once and used by every worker.
///
/// The first certificate is the default; a client that names a host gets the certificate of exactly that name, else of a wildcard
/// one label above it, else the default. Where two certificates share a name, the one listed first has it.
///
/// Sendable: the OpenSSL contexts are configured in `init` and never changed afterwards; OpenSSL allows any number of threads to
/// make connections from one context that nobody configures (its reference count is atomic, its session cache is off, so
/// no list inside it is written). The callbacks read `table` and `tickets`, of which the first is immutable and the second
/// guards itself. Engines hold this object, and it frees the contexts when the last of them is gone.
public final class ServerContext: @unchecked Sendable {
    /// Where a context keeps its `TicketKeys`; 0 is the slot OpenSSL leaves to the application.
    static let ticketKeysIndex: Int32 = 0

    /// The certificates in the order of the configuration.
    public let certificates: [CertificateFacts]

    /// One context per certificate, in the same order; never empty.
    private let contexts: [OpaquePointer]
    let defaultContext: OpaquePointer
    private let table: ServerNameTable
    private let tickets: TicketKeys

    /// Reads all files and prepares the contexts.
    ///
    /// Throws the first problem that keeps the listener from serving; a certificate out of its time is none
    /// (`problems(certificates:minimumVersion:now:)` tells them all).
    public init(
        certificates files: [CertificateFiles], minimumVersion: TLSVersion, tickets: TicketKeys
    ) throws(TLSProblem) {
        var built: [OpaquePointer] = []
        var facts: [CertificateFacts] = []
        do throws(TLSProblem) {
            for (index, pair) in files.enumerated() {
                var problems: [TLSProblem] = []
                guard let loaded = LoadedCertificate.load(pair, index: index, problems: &problems) else {
                    throw problems.first ?? Self.refused(pair, index: index)
                }
                built.append(try Self.makeContext(loaded, files: pair, index: index, minimumVersion: minimumVersion))
                facts.append(loaded.facts)
            }
            guard let first = built.first else { throw Self.noCertificate }
            defaultContext = first
        } catch {
            for context in built { SSL_CTX_free(context) }
            throw error
        }
        certificates = facts
        contexts = built
        table = ServerNameTable(zip(facts, built).map { (names: $0.names, context: $1) })
        self.tickets = tickets
        for context in built { attach(to: context) }
    }

    deinit {
        for context in contexts { SSL_CTX_free(context) }
    }

    /// Hands the context what its callbacks need. The pointers are unowned: engines keep `self` alive, and `self` both objects.
    private func attach(to context: OpaquePointer) {
        tidegate_SSL_CTX_on_server_name(context, ServerNameTable.callback, Unmanaged.passUnretained(table).toOpaque())
        SSL_CTX_set_alpn_select_cb(context, ApplicationProtocol.callback, nil)
        if SSL_CTX_set_ex_data(context, Self.ticketKeysIndex, Unmanaged.passUnretained(tickets).toOpaque()) == 1 {
            SSL_CTX_set_tlsext_ticket_key_evp_cb(context, TicketKeys.callback)
        }
        ErrorQueue.clear()
    }

    static let noCertificate = TLSProblem(
        index: nil, file: "", kind: .other, message: "no certificate is configured", remedy: "name at least one under `certificates`")

    static func refused(_ files: CertificateFiles, index: Int) -> TLSProblem {
        TLSProblem(
            index: index, file: files.certificate, kind: .other,
            message: "OpenSSL refused \(files.certificate): \(ErrorQueue.takeText())", remedy: "use another certificate")
    }
}
