import Wire

/// What a plain request is refused for, although its head is well formed.
extension RequestForwarding {
    /// Whether `Connection` names a field that is meant for every recipient (RFC 9110 7.6.1): a proxy that obeyed would drop
    /// the framing, the credentials or the kind of the request on its way. Such a request is answered 400.
    public static func nominatesEndToEnd(_ head: borrowing RequestHead) -> Bool {
        guard head.connection.contains(.other) else { return false }
        let headers = head.headers
        for field in headers.fields where field.kind == .connection {
            for option in ListMembers(headers.bytes, field.value) where isEndToEnd(headers.bytes.span.extracting(option)) {
                return true
            }
        }
        return false
    }

    /// How often `CDN-Loop` (RFC 8586) already names this proxy: so many of it has the request been through. Ask before
    /// it is sent on, and answer 508 when it is too many.
    ///
    /// It is split at every comma, quoted or not: a quote that a client leaves open must not hide what follows. So a client
    /// can have its own request refused, and nobody else's.
    public static func loops(_ head: borrowing RequestHead) -> Int {
        guard head.mayHave(.loop) else { return 0 }
        let headers = head.headers
        var count = 0
        for field in headers.fields where field.kind == .loop {
            for member in ListMembers(headers.bytes, field.value) {
                let bytes = headers.bytes.span.extracting(member)
                guard HeaderName.begins(bytes, with: "tidegate") else { continue }
                // Parameters may follow the name.
                if bytes.count == 8 || [0x3B, 0x20, 0x09].contains(bytes[8]) { count &+= 1 }
            }
        }
        return count
    }

    private static func isEndToEnd(_ option: Span<UInt8>) -> Bool {
        for prefix in prefixes where HeaderName.begins(option, with: prefix) { return true }
        for name in names where HeaderName.equal(option, name) { return true }
        return false
    }

    private static let prefixes: [StaticString] = ["sec-", "content-", "accept", "if-"]

    private static let names: [StaticString] = [
        "host", "transfer-encoding", "expect", "origin", "cookie", "authorization", "cache-control", "date", "user-agent",
        "range",
        "referer", "cdn-loop", "access-control-request-method", "access-control-request-headers",
    ]
}
