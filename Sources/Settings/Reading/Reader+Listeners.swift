/// `listeners`.
extension Reader {
    mutating func listeners(_ root: Fields) -> [ListenerSettings] {
        guard let element = root["listeners"] else {
            missing(
                "listeners", in: root,
                remedy: "write at least one: listeners: [ { name: plain, bind: 127.0.0.1:8080 } ]")
            return []
        }
        var lines: [String: Int] = [:]
        var result: [ListenerSettings] = []
        for item in items(element, of: "listeners") ?? [] {
            guard let fields = fields(item, keys: ["name", "bind", "tls"]) else { continue }
            let name = uniqueName(fields, of: "listener", taken: &lines)
            // Every key is read before anything is given up, so that all problems show at once.
            let bind = requiredBind(fields)
            let tls = fields["tls"].flatMap { self.tls($0) }
            guard let name, let bind else { continue }
            result.append(ListenerSettings(name: name, bind: bind, tls: tls, source: place(of: item)))
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
        let certificates = (items(list, of: "certificates") ?? []).compactMap { certificate($0) }
        return TLSSettings(certificates: certificates, minimumVersion: version ?? .tls12)
    }

    private mutating func certificate(_ element: Element) -> CertificateSettings? {
        guard let fields = fields(element, keys: ["certificate", "key"]) else { return nil }
        let files = ["certificate", "key"].map { key -> String? in
            guard let element = fields[key] else {
                missing(key, in: fields, remedy: "write \(key): FILE, in PEM format")
                return nil
            }
            return path(element)
        }
        guard let certificate = files[0], let key = files[1] else { return nil }
        return CertificateSettings(certificate: certificate, key: key, source: place(of: element))
    }
}
