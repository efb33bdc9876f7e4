/// The proxy's own answers: small, complete, and the last thing on their connection.
public enum ErrorAnswer {
    /// A whole response with a short plain-text body. It ends the connection (`Connection: close`) and is not stored.
    ///
    /// 405 says what is allowed (no list could name the methods of extensions, which are, too); 426 says which protocol and
    /// version are (RFC 9110 15.5.22, RFC 6455 4.4). `Date` is left out: no clock here. Nothing that a client sent goes into
    /// it.
    /// - Parameters:
    ///   - status: 400 to 599; its phrase is the body.
    ///   - retryAfter: seconds; negative ones count as 0.
    ///   - requestID: sent as `X-Request-Id`.
    ///   - withBody: false answers a HEAD request: the same head, no body.
    ///   - edits: of the route, so that what holds for all its answers (HSTS, CORS) holds for this one. What they say of
    ///     media types and caches is about the backend's content and does not apply.
    public static func bytes(
        status: UInt16, retryAfter: Int? = nil, requestID: RequestID? = nil, withBody: Bool = true, edits: [FieldEdits] = []
    ) -> [UInt8] {
        let body = HeadWriter()
        body.number(status)
        body.text(" ")
        body.text(StatusPhrase.of(Int(status)))
        let writer = HeadWriter(edits: edits)
        writer.text("HTTP/1.1 ")
        writer.raw(body.bytes)
        writer.lineEnd()
        body.text("\n")
        writer.fixed("Content-Type", "text/plain; charset=utf-8")
        writer.fixed("Content-Length", number: body.bytes.count)
        writer.fixed("Cache-Control", "no-store")
        switch status {
        case 405: writer.fixed("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
        case 426:
            writer.fixed("Upgrade", "websocket")
            writer.fixed("Sec-WebSocket-Version", "13")
        default: break
        }
        if let retryAfter { writer.field("Retry-After", number: max(0, retryAfter)) }
        if let requestID { writer.field("X-Request-Id", id: requestID) }
        writer.fixed("Connection", status == 426 ? "close, Upgrade" : "close")
        writer.editLines(describingContent: false)
        writer.lineEnd()
        if withBody { writer.raw(body.bytes) }
        return writer.bytes
    }
}
