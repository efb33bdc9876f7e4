/// The client's reading of a backend's answer (RFC 6455 4.1), done by the proxy: without a proven 101 there is no tunnel.
public enum UpgradeAnswer {
    /// Decides what `head` means for a handshake whose key asks for `expectedAccept` (28 bytes of Base64; where it is empty,
    /// nothing proves a 101).
    ///
    /// Nothing but `.accepted` may ever lead to a tunnel. A 101 must be HTTP/1.1, name exactly `websocket` in `Upgrade`
    /// and `upgrade` in `Connection`, carry exactly one right `Sec-WebSocket-Accept`, and declare no body.
    public static func examine(_ head: borrowing ResponseHead, expectedAccept: [UInt8]) -> AnswerVerdict {
        if head.isInterim { return .interim }
        guard head.status == 101 else { return .refused }
        let headers = head.headers
        guard head.version == .http11 else { return .invalid(reason: "switch_version") }
        guard head.connection.contains(.upgrade) else { return .invalid(reason: "switch_connection") }
        let bytes = headers.bytes.span
        guard let upgrade = headers.only(.upgrade), ASCII.equal(bytes.extracting(upgrade), "websocket") else {
            return .invalid(reason: "switch_upgrade")
        }
        let fields = HandshakeFields(headers)
        guard !expectedAccept.isEmpty, let accept = fields.accept.only, bytes.extracting(accept).isEqual(to: expectedAccept.span)
        else { return .invalid(reason: "switch_accept") }
        // RFC 9112 6.3 says that a 101 has no body whatever its fields say; a backend that declares one reads otherwise.
        guard head.declaredBody.isEmpty else { return .invalid(reason: "switch_with_body") }
        return .accepted(subprotocol: fields.subprotocol.map { headers.bytes[$0] }, extensions: fields.hasExtensions)
    }
}
