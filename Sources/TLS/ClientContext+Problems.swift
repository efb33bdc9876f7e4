import COpenSSL

extension ClientContext {
    /// Everything that is wrong with these options, warnings included, without speaking to anybody: for `check`, and for a start or
    /// reload that wants to tell all problems at once.
    ///
    /// - Parameters:
    ///   - names: the backends' names; one that no certificate could be for is told, unless verification is skipped.
    ///   - now: seconds since 1970.
    public static func problems(_ options: ClientOptions, names: [String] = [], now: Int64) -> [TLSProblem] {
        var problems: [TLSProblem] = []
        let files = ClientFiles(options, problems: &problems)
        if problems.isEmpty {
            do throws(TLSProblem) { SSL_CTX_free(try makeContext(files, options)) } catch { problems.append(error) }
        }
        if let pair = options.certificate, let problem = files.own?.facts.problem(pair, index: nil, now: now) {
            problems.append(problem)
        }
        if !options.skipsVerification {
            if let problem = files.authorities?.problem(now: now) { problems.append(problem) }
            problems += names.filter { BackendIdentity.Subject($0) == .nobody }.map(unverifiable)
        }
        return problems
    }

    private static func unverifiable(_ name: String) -> TLSProblem {
        TLSProblem(
            index: nil, file: "", kind: .other, message: "no certificate can be for the name \(name)",
            remedy: "name the server by a host name or an IP address")
    }
}
