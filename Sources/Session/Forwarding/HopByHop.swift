import Wire

/// The fields that end at this hop (RFC 9110 7.6.1): the known ones, and those that the sender's `Connection` names.
struct HopByHop {
    private static let known: [StaticString] = [
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
    ]

    private let named: [ArraySlice<UInt8>]

    init(_ headers: Headers) {
        named = headers.members("Connection")
    }

    /// Whether `field` must not be passed on. `Sec-WebSocket-*` always may: the handshake is for both ends, and a peer that
    /// names one of its fields in `Connection` is not obeyed.
    func contains(_ field: HeaderField, of headers: Headers) -> Bool {
        HopByHop.known.contains { headers.isNamed(field, $0) } || names(field, of: headers)
    }

    /// Whether the sender's `Connection` names the field.
    func names(_ field: HeaderField, of headers: Headers) -> Bool {
        let name = headers.name(field)
        guard !HeaderName.begins(name, with: "sec-websocket-") else { return false }
        return named.contains { HeaderName.equal($0, name) }
    }
}
