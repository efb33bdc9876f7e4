/// `tls` of a pool.
extension Reader {
    private static let backendTLSKeys = [
        "ca", "server_name", "certificate", "key", "minimum_version", "insecure_skip_verify",
    ]

    /// - Parameter pool: its name, for the warning that nothing is verified.
    mutating func backendTLS(_ element: Element?, pool: String) -> BackendTLSSettings {
        var result = BackendTLSSettings()
        guard let fields = section(element, keys: Self.backendTLSKeys) else { return result }
        if let key = fields["ca"] { result.authorities = path(key) }
        if let key = fields["server_name"] { result.serverName = serverName(key) }
        if fields["certificate"] != nil || fields["key"] != nil { result.certificate = certificate(fields) }
        if let key = fields["minimum_version"] {
            result.minimumVersion = choice(key, TLSSettings.MinimumVersion.self) ?? result.minimumVersion
        }
        if let key = fields["insecure_skip_verify"], boolean(key) == true {
            result.skipsVerification = true
            warn(
                place(of: key),
                "the pool `\(pool.clipped)` believes any certificate: whoever gets between reads and changes everything",
                remedy: "remove it; `ca` names the authority of the backends' certificates")
        }
        return result
    }

    /// A name, without a dot at its end (RFC 6066 3), or an IP address.
    private mutating func serverName(_ element: Element) -> String? {
        parsed(element) { text throws(TextProblem) in
            let name = try HostText.read(text)
            return name.hasSuffix(".") ? String(name.dropLast()) : name
        }
    }
}
