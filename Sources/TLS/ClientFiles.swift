import COpenSSL

/// The files that `ClientOptions` name, read.
struct ClientFiles {
    let own: LoadedCertificate?
    /// Nil for the system's.
    let authorities: LoadedAuthorities?

    /// Reads what is named; every problem found is appended, and what it concerns is left out.
    init(_ options: ClientOptions, problems: inout [TLSProblem]) {
        _ = OpenSSLLibrary.started
        own = options.certificate.flatMap { LoadedCertificate.load($0, index: nil, problems: &problems) }
        var read: LoadedAuthorities?
        if let path = options.authorities {
            do throws(TLSProblem) { read = try LoadedAuthorities(path: path) } catch { problems.append(error) }
        }
        authorities = read
    }
}
