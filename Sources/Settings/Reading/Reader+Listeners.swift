/// `listeners`.
extension Reader {
    private static let listenerKeys = ["name", "bind", "tls", "redirect_to_https", "proxy_protocol"]

    mutating func listeners(_ root: Fields) -> [ListenerSettings] {
        guard let element = root["listeners"] else {
            missing(
                "listeners", in: root,
                remedy: "write at least one: listeners: [ { name: plain, bind: 127.0.0.1:8080 } ]")
            return []
        }
        let trustsNobody = (root["trusted_proxies"]?.items ?? []).isEmpty
        var lines: [String: Int] = [:]
        var result: [ListenerSettings] = []
        for item in items(element, of: "listeners") ?? [] {
            guard let fields = fields(item, keys: Self.listenerKeys) else { continue }
            let name = uniqueName(fields, of: "listener", taken: &lines)
            // Every key is read before anything is given up, so that all problems show at once.
            let bind = requiredBind(fields)
            let tls = fields["tls"].flatMap { self.tls($0) }
            let redirectPort = fields["redirect_to_https"].flatMap {
                self.redirectPort($0, hasTLS: fields["tls"] != nil)
            }
            let acceptsProxyProtocol = fields["proxy_protocol"].flatMap {
                self.proxyProtocol($0, on: bind, trustsNobody: trustsNobody)
            }
            guard let name, let bind else { continue }
            result.append(
                ListenerSettings(
                    name: name, bind: bind, tls: tls, redirectPort: redirectPort,
                    acceptsProxyProtocol: acceptsProxyProtocol ?? false, source: place(of: item)))
        }
        return result
    }

    private mutating func requiredBind(_ fields: Fields) -> BindAddress? {
        guard let element = fields["bind"] else {
            missing("bind", in: fields, remedy: "write bind: ADDRESS:PORT")
            return nil
        }
        return bind(element)
    }

    /// The name of a member of a list, reported when it is missing, malformed or taken.
    private mutating func uniqueName(_ fields: Fields, of what: String, taken: inout [String: Int]) -> String? {
        guard let element = fields["name"] else {
            missing("name", in: fields, remedy: "give the \(what) a name")
            return nil
        }
        let name = parsed(element) { text throws(TextProblem) in
            try NameText.validate(text)
            return text
        }
        guard let name else { return nil }
        if let line = taken[name] {
            error(element, "the name `\(name)` is taken by the \(what) in line \(line)", remedy: "choose another")
            return nil
        }
        taken[name] = element.value.line
        return name
    }

    private mutating func tls(_ element: Element) -> TLSSettings? {
        guard let fields = fields(element, keys: ["certificates", "minimum_version"]) else { return nil }
        let version = fields["minimum_version"].flatMap { choice($0, TLSSettings.MinimumVersion.self) }
        guard let list = fields["certificates"] else {
            missing(
                "certificates", in: fields, remedy: "write certificates: [ { certificate: site.pem, key: site.key } ]")
            return nil
        }
        let certificates = (items(list, of: "certificates") ?? []).compactMap { item -> CertificateSettings? in
            guard let fields = self.fields(item, keys: ["certificate", "key"]) else { return nil }
            return certificate(fields)
        }
        return TLSSettings(certificates: certificates, minimumVersion: version ?? .tls12)
    }

    /// The `certificate` and `key` of a mapping, reported when one of them is missing.
    mutating func certificate(_ fields: Fields) -> CertificateSettings? {
        let files = ["certificate", "key"].map { key -> String? in
            guard let element = fields[key] else {
                missing(key, in: fields, remedy: "write \(key): FILE, in PEM format")
                return nil
            }
            return path(element)
        }
        guard let certificate = files[0], let key = files[1] else { return nil }
        return CertificateSettings(certificate: certificate, key: key, source: place(of: fields.owner))
    }

    /// `true` is port 443; nil for `false`.
    private mutating func redirectPort(_ element: Element, hasTLS: Bool) -> UInt16? {
        let read = parsed(element) { text throws(TextProblem) -> UInt16? in
            if let isWanted = Self.boolean(text) { return isWanted ? 443 : nil }
            guard let port = try? PortText.read(text) else {
                throw TextProblem(
                    "`\(text.clipped)` is neither true nor false nor a port",
                    remedy: "write true for port 443, or the port that clients reach by https")
            }
            return port
        }
        guard let port = read ?? nil else { return nil }
        if hasTLS {
            error(
                element, "a listener with `tls` has nothing to redirect",
                remedy: "write it on the plain listener, or remove `tls`")
        }
        return port
    }

    /// - Parameter bind: nil for one that was refused.
    private mutating func proxyProtocol(_ element: Element, on bind: BindAddress?, trustsNobody: Bool) -> Bool? {
        guard let isOn = boolean(element) else { return nil }
        if isOn, case .unix = bind {
            error(
                element, "peers on a Unix socket have no address that could be in `trusted_proxies`: none may send a header",
                remedy: "bind to ADDRESS:PORT, such as 127.0.0.1:8080, or remove this key")
        } else if isOn, trustsNobody {
            warn(
                place(of: element), "nobody may send the PROXY protocol, as `trusted_proxies` is empty",
                remedy: "list the proxies in front of this listener in `trusted_proxies`, or remove this key")
        }
        return isOn
    }
}
