import Balancing

/// `pools`.
extension Reader {
    private static let poolKeys =
        [
            "balance", "backends", "tls", "host", "keep_alive", "proxy_protocol", "request_headers", "response_headers",
            "hash", "sticky",
        ] + healthKeys + capacityKeys + sheddingKeys

    /// - Parameter handshake: `timeouts.handshake`, for what must not be longer.
    mutating func pools(_ root: Fields, isRequired: Bool, handshake: Duration) -> [PoolSettings] {
        guard let element = root["pools"] else {
            guard isRequired else { return [] }
            missing(
                "pools", in: root,
                remedy: "write at least one: pools: { NAME: { backends: [ \"ws://127.0.0.1:9001\" ] } }")
            return []
        }
        if element.isNothing, !isRequired { return [] }
        guard let fields = element.fields else {
            error(
                element, "a mapping of names to pools is wanted here, not \(element.value.kind)",
                remedy: "write `NAME:` with the keys of a pool below it")
            return []
        }
        if fields.isEmpty, isRequired { error(element, "there is no pool", remedy: "write at least one") }
        return fields.compactMap { name, line, element in
            do throws(TextProblem) {
                try NameText.validate(name)
            } catch {
                self.error(SourcePlace(file: file, line: line, path: element.path), error.message, remedy: error.remedy)
            }
            return pool(name, element, handshake: handshake)
        }
    }

    private mutating func pool(_ name: String, _ element: Element, handshake: Duration) -> PoolSettings? {
        guard let fields = fields(element, keys: Self.poolKeys) else { return nil }
        let balance = fields["balance"].map { choice($0, Algorithm.self) } ?? .roundRobin
        let backends = backends(fields)
        var pool = PoolSettings(
            name: name, balance: balance ?? .roundRobin, backends: backends ?? [], source: place(of: element))
        pool.tls = backendTLS(fields["tls"], pool: name)
        pool.host = fields["host"].flatMap { hostPolicy($0) } ?? .preserve
        pool.keepAlive = keepAlive(fields["keep_alive"])
        if let key = fields["proxy_protocol"], !isOff(key) {
            pool.proxyProtocol = choice(key, PoolSettings.ProxyProtocolVersion.self, or: ["off"])
        }
        pool.requestHeaders = headerRules(fields["request_headers"], on: .request)
        pool.responseHeaders = headerRules(fields["response_headers"], on: .response)
        pool.hash = hash(fields, balance: balance)
        pool.sticky = sticky(fields["sticky"])
        health(fields, of: backends, into: &pool)
        capacity(fields, handshake: handshake, into: &pool)
        shedding(fields, balance: balance, into: &pool)
        guard let backends else { return nil }
        warnOfUnusedTLS(fields, backends)
        return pool
    }

    private mutating func warnOfUnusedTLS(_ fields: Fields, _ backends: [BackendSettings]) {
        // A member that was refused may be the encrypted one.
        if let tls = fields["tls"], !tls.isNothing, backends.count == fields["backends"]?.items?.count,
            !backends.contains(where: { $0.scheme.isEncrypted })
        {
            warn(
                place(of: tls), "no backend of this pool is spoken to by TLS",
                remedy: "write wss:// or https:// for ws:// or http://, or remove `tls`")
        }
    }

    private mutating func hostPolicy(_ element: Element) -> PoolSettings.HostPolicy? {
        let policy = parsed(element) { text throws(TextProblem) in try HostPolicyText.read(text) }
        if case .name(let name) = policy, !name.contains("."), !name.hasPrefix("backend"),
            let word = Spelling.nearest(to: name, among: HostPolicyText.words)
        {
            warn(
                place(of: element), "backends will be told that their host is `\(name.clipped)`",
                remedy: "did you mean `\(word)`?")
        }
        return policy
    }

    /// `off` keeps no connections, `on` is the default.
    private mutating func keepAlive(_ element: Element?) -> KeepAliveSettings {
        var result = KeepAliveSettings()
        if isOff(element) {
            result.connections = 0
            return result
        }
        guard !isOn(element), let fields = section(element, keys: ["connections", "timeout"], or: ["on", "off"]) else { return result }
        if let key = fields["connections"] { result.connections = integer(key, in: 0...10_000) ?? result.connections }
        if let key = fields["timeout"] {
            result.timeout = duration(key, in: .seconds(1) ... .seconds(3600)) ?? result.timeout
        }
        return result
    }
}
