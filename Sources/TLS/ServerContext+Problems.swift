import COpenSSL

extension ServerContext {
    /// Everything that is wrong with these certificates, warnings included, without serving anything: for `check`, and
    /// for a start or reload that wants to tell all problems at once.
    ///
    /// - Parameter now: seconds since 1970.
    public static func problems(
        certificates: [CertificateFiles], minimumVersion: TLSVersion = .tls12, now: Int64
    ) -> [TLSProblem] {
        guard !certificates.isEmpty else { return [noCertificate] }
        var problems: [TLSProblem] = []
        for (index, files) in certificates.enumerated() {
            guard let loaded = LoadedCertificate.load(files, index: index, problems: &problems) else { continue }
            do throws(TLSProblem) {
                SSL_CTX_free(try makeContext(loaded, files: files, index: index, minimumVersion: minimumVersion))
            } catch {
                problems.append(error)
            }
            if let problem = loaded.facts.problem(files, index: index, now: now) { problems.append(problem) }
        }
        return problems
    }
}

extension CertificateFacts {
    /// What is wrong with the certificate's time at `now`, if anything.
    func problem(_ files: CertificateFiles, index: Int?, now: Int64) -> TLSProblem? {
        if now > notAfter {
            let age = Self.span(now.subtractingReportingOverflow(notAfter).partialValue)
            return TLSProblem(
                index: index, file: files.certificate, kind: .expired,
                message: "the certificate in \(files.certificate) expired \(age) ago",
                remedy: "renew it; peers that verify certificates refuse this one")
        }
        if now < notBefore {
            let wait = Self.span(notBefore.subtractingReportingOverflow(now).partialValue)
            return TLSProblem(
                index: index, file: files.certificate, kind: .notYetValid,
                message: "the certificate in \(files.certificate) becomes valid in \(wait)",
                remedy: "check this machine's clock, or use a certificate that is valid already")
        }
        return nil
    }

    private static func span(_ seconds: Int64) -> String {
        if seconds >= 172_800 { return "\(seconds / 86400) days" }
        if seconds >= 7200 { return "\(seconds / 3600) hours" }
        return "\(seconds) seconds"
    }
}
