/// `check` of a pool: how its backends are asked.
extension Reader {
    /// The names of the kinds.
    enum CheckType: String, CaseIterable {
        case tcp, http, websocket
    }

    private static let commonCheckKeys = [
        "type", "interval", "fast_interval", "timeout", "rise", "fall", "start", "port",
    ]
    static let checkKeys: [(key: String, types: [CheckType])] = [
        ("method", [.http]), ("path", [.http, .websocket]), ("host", [.http, .websocket]), ("status", [.http]),
        ("body", [.http]), ("subprotocol", [.websocket]), ("ping", [.websocket]), ("send", [.websocket]),
        ("expect", [.websocket]),
    ]

    /// `off`, `on`, which is the default type, a type, or a mapping.
    ///
    /// - Parameter backends: those that could be read; nil when their list is wrong as a whole.
    mutating func check(_ element: Element?, of backends: [BackendSettings]?) -> CheckSettings? {
        guard let element = unlessOff(element) else { return nil }
        if isOn(element) { return CheckSettings() }
        if element.scalar != nil {
            let type = choice(element, CheckType.self, or: ["on", "off"])
            return type.map { CheckSettings(kind: kind($0, Fields(owner: element))) }
        }
        guard let fields = fields(element, keys: Self.commonCheckKeys + Self.checkKeys.map(\.key)) else { return nil }
        var result = CheckSettings()
        checkTimes(fields, into: &result)
        if let key = fields["rise"] { result.rise = integer(key, in: 1...1000) ?? result.rise }
        if let key = fields["fall"] { result.fall = integer(key, in: 1...1000) ?? result.fall }
        if let key = fields["start"] { result.start = choice(key, CheckSettings.Start.self) ?? result.start }
        if let key = fields["port"] {
            result.port = parsed(key) { text throws(TextProblem) in try PortText.read(text) }
            if let backends, !backends.isEmpty, backends.allSatisfy({ $0.unixPath != nil }) {
                error(key, "backends on Unix sockets have no port", remedy: "remove it")
            }
        }
        let type = fields["type"].map { choice($0, CheckType.self) } ?? .tcp
        if let type { refuseUnfit(fields, for: type) }
        result.kind = kind(type, fields)
        return result
    }

    private mutating func checkTimes(_ fields: Fields, into result: inout CheckSettings) {
        let bounds = Duration.milliseconds(100) ... .seconds(3600)
        if let key = fields["interval"] { result.interval = duration(key, in: bounds) ?? result.interval }
        result.fastInterval = min(result.fastInterval, result.interval)
        if let key = fields["fast_interval"], let written = duration(key, in: bounds) {
            result.fastInterval = written
            if written > result.interval {
                error(
                    key, "the fast interval is longer than the other, \(DurationText.write(result.interval))",
                    remedy: "write at most that")
            }
        }
        if let key = fields["timeout"] {
            result.timeout = duration(key, in: .milliseconds(10) ... .seconds(300)) ?? result.timeout
        }
    }

    private mutating func refuseUnfit(_ fields: Fields, for type: CheckType) {
        for (name, types) in Self.checkKeys where !types.contains(type) {
            guard let element = fields[name] else { continue }
            let others = types.map { "type: \($0.rawValue)" }.joined(separator: " or ")
            error(
                element, "a check of type \(type.rawValue) has no `\(name)`", remedy: "remove it, or write \(others)")
        }
    }
}
