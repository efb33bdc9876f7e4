import DataPlane
import Settings
import TLS

extension Preparer {
    /// A context for each listener, in order; nil for a plain one, and for one whose problems were added to `found`.
    ///
    /// Certificates out of their time are told apart: clients complain about them, yet serving goes on.
    func loadCertificates(
        _ settings: Settings, into found: inout Problems
    ) -> (contexts: [ServerContext?], outOfTime: [Problem]) {
        var contexts: [ServerContext?] = []
        var outOfTime: [Problem] = []
        for listener in settings.listeners {
            guard let tls = listener.tls else {
                contexts.append(nil)
                continue
            }
            let files = tls.certificates.map { CertificateFiles(certificate: $0.certificate, key: $0.key) }
            let version = TLSVersion(tls.minimumVersion)
            let problems = ServerContext.problems(certificates: files, minimumVersion: version, now: now())
            outOfTime += problems.filter(\.isWarning).map { Problem($0, of: listener) }
            var errors = problems.filter { !$0.isWarning }
            var context: ServerContext?
            if errors.isEmpty {
                do throws(TLSProblem) {
                    context = try ServerContext(certificates: files, minimumVersion: version, tickets: tickets)
                } catch {
                    // The files changed between the two readings.
                    errors.append(error)
                }
            }
            contexts.append(context)
            found.errors += errors.map { Problem($0, of: listener) }
        }
        return (contexts, outOfTime)
    }

    /// When each certificate file expires, client certificates included. Where the same file was read at different moments, the
    /// earlier time.
    static func expiries(_ listeners: [PreparedListener], _ clients: [String: PoolClient]) -> [String: Double] {
        var expiries: [String: Double] = [:]
        func note(_ file: String, _ facts: CertificateFacts) {
            let expiry = Double(facts.notAfter)
            expiries[file] = min(expiry, expiries[file] ?? expiry)
        }
        for listener in listeners {
            guard let files = listener.settings.tls?.certificates, let facts = listener.tls?.certificates else { continue }
            for (file, fact) in zip(files, facts) { note(file.certificate, fact) }
        }
        for client in clients.values {
            guard let files = client.origin.options.certificate, let facts = client.context.certificate else { continue }
            note(files.certificate, facts)
        }
        return expiries
    }
}

extension TLSVersion {
    init(_ version: TLSSettings.MinimumVersion) {
        switch version {
        case .tls12: self = .tls12
        case .tls13: self = .tls13
        }
    }
}

extension Problem {
    /// A problem of a certificate, at the line where the certificate is named.
    init(_ problem: TLSProblem, of listener: ListenerSettings) {
        let certificates = listener.tls?.certificates ?? []
        let index = problem.index ?? -1
        let place = certificates.indices.contains(index) ? certificates[index].source : listener.source
        self.init(at: place, message: problem.message, remedy: problem.remedy)
    }
}
