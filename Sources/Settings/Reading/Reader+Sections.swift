/// The sections that have a default for each of their keys.
extension Reader {
    private static let least = Duration.milliseconds(10)

    mutating func ping(_ element: Element?) -> PingSettings? {
        var result = PingSettings()
        if isOff(element) { return nil }
        guard !isOn(element), let fields = section(element, keys: ["interval", "timeout"], or: ["on", "off"]) else { return result }
        if let key = fields["interval"] {
            result.interval = duration(key, in: Self.least ... .seconds(24 * 3600)) ?? result.interval
        }
        if let key = fields["timeout"] {
            result.timeout = duration(key, in: Self.least ... .seconds(3600)) ?? result.timeout
        }
        return result
    }

    mutating func limits(_ element: Element?) -> Limits {
        var result = Limits()
        let keys = ["max_connections", "buffer", "max_head", "max_headers", "max_message", "max_tls_handshakes"]
        guard let fields = section(element, keys: keys) else { return result }
        if let key = fields["max_connections"] {
            result.maxConnections = integer(key, in: 0...10_000_000) ?? result.maxConnections
        }
        if let key = fields["buffer"] {
            result.buffer = size(key, in: 4 << 10...256 << 10) ?? result.buffer
        }
        if let key = fields["max_head"] {
            result.maxHead = size(key, in: 1 << 10...1 << 20) ?? result.maxHead
        }
        if let key = fields["max_headers"] {
            result.maxHeaders = integer(key, in: 1...10_000) ?? result.maxHeaders
        }
        if let key = fields["max_message"], !isOff(key) {
            result.maxMessage = size(key, in: 1...1 << 40)
        }
        if let key = fields["max_tls_handshakes"] {
            result.maxTLSHandshakes = integer(key, in: 0...100_000) ?? result.maxTLSHandshakes
        }
        return result
    }

    mutating func drain(_ element: Element?) -> DrainSettings {
        var result = DrainSettings()
        guard let fields = section(element, keys: ["period"], or: ["{ period: 30s }"]) else { return result }
        if let key = fields["period"] {
            result.period = duration(key, in: .zero ... .seconds(24 * 3600)) ?? result.period
        }
        return result
    }

    mutating func admin(_ element: Element?) -> AdminSettings? {
        if isOff(element) { return nil }
        var result = AdminSettings()
        guard !isOn(element), let element, let fields = section(element, keys: ["bind", "token"], or: ["on", "off"]) else { return result }
        result.source = place(of: element)
        if let key = fields["bind"] {
            let bind = bind(key) ?? result.bind
            if case .systemd = bind {
                error(key, "the admin endpoint takes no socket from systemd", remedy: "write ADDRESS:PORT or unix:PATH")
            }
            result.bind = bind
        }
        if let key = fields["token"] { result.token = token(key) }
        if result.token == nil, fields["token"] == nil, !result.bind.isLocal {
            warn(
                place(of: element), "without a `token` /api is not served beyond loopback",
                remedy: "write token: file:PATH, or bind to 127.0.0.1")
        }
        return result
    }

    /// A bearer token (RFC 6750 2.1) travels in a header: visible ASCII only.
    private mutating func token(_ element: Element) -> Secret? {
        guard let secret = secret(element) else { return nil }
        guard secret.bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            error(
                element, "a token has visible ASCII characters only, no spaces",
                remedy: "make one with: openssl rand -hex 32")
            return nil
        }
        if secret.bytes.count < 16 {
            warn(
                place(of: element), "the token is short enough to be guessed",
                remedy: "make one with: openssl rand -hex 32")
        }
        return secret
    }

    mutating func log(_ element: Element?) -> LogSettings {
        var result = LogSettings()
        guard let fields = section(element, keys: ["level", "format", "file"]) else { return result }
        if let key = fields["level"] { result.level = choice(key, LogSettings.Level.self) ?? result.level }
        if let key = fields["format"] { result.format = choice(key, LogSettings.Format.self) ?? result.format }
        if let key = fields["file"] { result.file = path(key) }
        return result
    }

    mutating func forwarding(_ element: Element?) -> ForwardingSettings {
        var result = ForwardingSettings()
        guard let fields = section(element, keys: ["forwarded", "traceparent"]) else { return result }
        if let key = fields["forwarded"] { result.forwarded = boolean(key) ?? result.forwarded }
        if let key = fields["traceparent"] {
            result.traceparent = choice(key, ForwardingSettings.TraceParent.self) ?? result.traceparent
        }
        return result
    }
}
