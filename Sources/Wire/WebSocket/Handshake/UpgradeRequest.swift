/// The server's reading of a client's opening handshake (RFC 6455 4.2.1), done by the proxy so that a backend only ever
/// sees a handshake that it may accept.
public enum UpgradeRequest {
    /// Decides whether `head` asks for a WebSocket, and whether it does so correctly.
    ///
    /// The checks, in order: it is an upgrade at all (HTTP/1.1, `Connection: upgrade` and `Upgrade: websocket`); GET, or
    /// 405; no body, or 400; `Connection` names no end-to-end field, or 400; `Sec-WebSocket-Version` is one line of `13`,
    /// or 426; `Sec-WebSocket-Key` is one line of Base64 of 16 bytes, or 400.
    public static func examine(_ head: borrowing RequestHead) -> UpgradeVerdict {
        guard head.version == .http11, head.connection.contains(.upgrade), head.mayHave(.upgrade) else { return .notAnUpgrade }
        let headers = head.headers
        guard headers.containsToken(.upgrade, token: "websocket") else { return .notAnUpgrade }
        guard head.method == .get else { return .refuse(status: 405, reason: "upgrade_method") }
        guard head.body.isEmpty else { return .refuse(status: 400, reason: "upgrade_with_body") }
        guard !head.connection.contains(.other) || !headers.members("Connection").contains(where: isEndToEnd) else {
            return .refuse(status: 400, reason: "connection_names_end_to_end_field")
        }
        let fields = HandshakeFields(headers)
        guard let version = fields.version.only, ASCII.equal(headers.bytes.span.extracting(version), "13") else {
            return .refuse(status: 426, reason: "websocket_version")
        }
        guard let key = fields.key.only, isKey(headers.bytes.span.extracting(key)) else {
            return .refuse(status: 400, reason: "websocket_key")
        }
        return .websocket(WebSocketOffer(key: headers.bytes[key]))
    }

    /// 22 Base64 digits and two `=`: 16 bytes (RFC 6455 4.1 item 7, RFC 4648 4).
    private static func isKey(_ key: Span<UInt8>) -> Bool {
        guard key.count == 24, key[22] == ASCII.equals, key[23] == ASCII.equals else { return false }
        for index in 0..<22 where !ASCII.isBase64(key[index]) { return false }
        return true
    }

    /// Fields meant for every recipient, which a connection option must not name (RFC 9110 7.6.1): a proxy that obeyed
    /// would drop the handshake, the framing or the credentials of the request on its way.
    private static func isEndToEnd(_ option: ArraySlice<UInt8>) -> Bool {
        ASCII.begins(option, with: "Sec-") || endToEnd.contains { ASCII.equal(option, $0) }
    }

    private static let endToEnd: [StaticString] = [
        "Host", "Content-Length", "Content-Type", "Content-Encoding", "Content-Range", "Transfer-Encoding", "Expect",
        "Origin", "Cookie", "Authorization", "Cache-Control", "Date", "User-Agent", "Accept", "Range",
    ]
}
