/// How much a pool takes, and what becomes of what it cannot take at once.
extension Reader {
    static let capacityKeys = ["max_connections", "queue", "max_dials", "retry"]
    static let mostConnections = 10_000_000
    private static let retried = [502, 503, 504]

    /// - Parameter handshake: `timeouts.handshake`.
    mutating func capacity(_ fields: Fields, handshake: Duration, into pool: inout PoolSettings) {
        if let key = fields["max_connections"], !isOff(key) {
            pool.maxConnections = integer(key, in: 1...Self.mostConnections)
        }
        if let key = fields["max_dials"] {
            pool.maxDials = isOff(key) ? nil : integer(key, in: 1...100_000) ?? pool.maxDials
        }
        pool.queue = queue(fields["queue"], handshake: handshake)
        pool.retry = retry(fields["retry"])
        let isBounded =
            pool.maxConnections != nil || pool.maxDials != nil || pool.backends.contains { $0.maxConnections != nil }
        if let element = fields["queue"], pool.queue != nil, !isBounded {
            warn(
                place(of: element), "nothing ever waits, as no backend is ever full",
                remedy: "write `max_connections` or `max_dials`, or remove `queue`")
        }
    }

    /// `off`, `on`, or a mapping.
    private mutating func queue(_ element: Element?, handshake: Duration) -> QueueSettings? {
        guard let element = unlessOff(element) else { return nil }
        var result = QueueSettings()
        if isOn(element) { return result }
        guard let fields = fields(element, keys: ["size", "timeout"], or: ["on", "off"]) else { return nil }
        if let key = fields["size"] { result.size = integer(key, in: 1...1_000_000) ?? result.size }
        if let key = fields["timeout"] {
            result.timeout = duration(key, in: .milliseconds(10) ... .seconds(300)) ?? result.timeout
            if result.timeout > handshake {
                warn(
                    place(of: key), "nobody waits for so long: `timeouts.handshake` ends the wait after \(DurationText.write(handshake))",
                    remedy: "write less, or more as `timeouts.handshake`")
            }
        }
        return result
    }

    /// `off`, which is one attempt, `on`, or a mapping.
    private mutating func retry(_ element: Element?) -> RetrySettings {
        var result = RetrySettings()
        if isOff(element) {
            result.attempts = 1
            return result
        }
        guard !isOn(element), let fields = section(element, keys: ["attempts", "statuses"], or: ["on", "off"]) else { return result }
        if let key = fields["attempts"] { result.attempts = integer(key, in: 1...16) ?? result.attempts }
        if let key = fields["statuses"] {
            result.statuses = retryStatuses(key)
            if result.attempts == 1, !result.statuses.isEmpty {
                warn(
                    place(of: key), "no answer is tried again with `attempts: 1`",
                    remedy: "write more `attempts`, or remove `statuses`")
            }
        }
        return result
    }

    /// A list, which may be empty.
    private mutating func retryStatuses(_ element: Element) -> [Int] {
        guard element.items?.isEmpty != true else { return [] }
        var seen: Set<Int> = []
        return (items(element, of: "statuses", atMost: Self.retried.count) ?? []).compactMap { item in
            let status = parsed(item) { text throws(TextProblem) in
                guard let status = DecimalText.read(text), Self.retried.contains(status) else {
                    throw TextProblem("`\(text.clipped)` is never retried", remedy: "write 502, 503 or 504")
                }
                return status
            }
            if let status, !seen.insert(status).inserted {
                error(item, "\(status) is listed twice", remedy: "remove one")
            }
            return status
        }
    }
}
