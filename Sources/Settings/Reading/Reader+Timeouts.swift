/// `timeouts`.
extension Reader {
    private static let least = Duration.milliseconds(10)
    private static let hour = Duration.seconds(3600)
    private static let timeoutKeys = [
        "handshake", "connect", "idle", "close", "half_close", "response", "keep_alive", "body",
    ]

    mutating func timeouts(_ element: Element?) -> Timeouts {
        var result = Timeouts()
        guard let element, let fields = section(element, keys: Self.timeoutKeys) else { return result }
        let least = Self.least
        if let key = fields["handshake"] {
            result.handshake = duration(key, in: least ... .seconds(600)) ?? result.handshake
            // Whoever gave the whole way to an answer a bound keeps it for plain requests.
            result.response = result.handshake
        }
        if let key = fields["response"] {
            result.response = isOff(key) ? nil : duration(key, in: least...Self.hour * 24) ?? result.response
        }
        if let key = fields["connect"] {
            result.connect = duration(key, in: least ... .seconds(300)) ?? result.connect
        }
        if let key = fields["idle"], !isOff(key) { result.idle = duration(key, in: least...Self.hour * 720) }
        if let key = fields["close"] { result.close = duration(key, in: least ... .seconds(600)) ?? result.close }
        if let key = fields["half_close"] {
            result.halfClose = duration(key, in: least...Self.hour * 24) ?? result.halfClose
        }
        if let key = fields["keep_alive"] {
            result.keepAlive = duration(key, in: least...Self.hour * 24) ?? result.keepAlive
        }
        if let key = fields["body"] { result.body = duration(key, in: least...Self.hour) ?? result.body }
        if result.connect > result.handshake {
            warn(
                place(of: element), "`connect` is longer than `handshake`, which ends every dial before it",
                remedy: "make `connect` a fraction of `handshake`, so that another backend can be tried")
        }
        return result
    }
}
