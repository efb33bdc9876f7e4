import Wire

/// The answer that a route gives by itself (`respond`), see `FixedAnswer` of the settings.
public enum FixedResponse {
    /// A whole response. 204, 205 and 304 have no body and an answer to HEAD leaves it out, whatever `body` says. Without a
    /// body there is no `Content-Type`.
    ///
    /// - Parameters:
    ///   - status: 200 to 599; anything else, which no configuration holds, is answered as 500.
    ///   - method: of the request that is answered.
    ///   - clientVersion: of the same; an HTTP/1.0 client is told when its connection stays open.
    ///   - closes: whether the connection ends after this answer.
    ///   - edits: of the route; they may replace every field but framing and connection.
    ///   - requestID: sent as `X-Request-Id`.
    public static func bytes(
        status: Int, contentType: String, body: [UInt8], method: Method, clientVersion: HTTPVersion = .http11, closes: Bool,
        edits: [FieldEdits] = [], requestID: RequestID? = nil
    ) -> [UInt8] {
        let status = (200...599).contains(status) ? status : 500
        let body = status == 204 || status == 205 || status == 304 ? [] : body
        let isSent = method != .head
        let writer = HeadWriter(edits: edits)
        writer.text("HTTP/1.1 ")
        writer.number(status)
        writer.text(" ")
        writer.text(StatusPhrase.of(status))
        writer.lineEnd()
        if !body.isEmpty { writer.field("Content-Type", contentType.utf8) }
        // 204 must not have one; that of a 304 would tell of another answer's body (RFC 9110 8.6).
        if status != 204, status != 304 { writer.fixed("Content-Length", number: body.count) }
        if let requestID { writer.field("X-Request-Id", id: requestID) }
        if closes {
            writer.fixed("Connection", "close")
        } else if clientVersion == .http10 {
            writer.fixed("Connection", "keep-alive")
        }
        writer.editLines()
        writer.lineEnd()
        if isSent { writer.raw(body) }
        return writer.bytes
    }
}
