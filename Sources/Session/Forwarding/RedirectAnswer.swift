import Wire

/// The answer of a plain listener that sends everybody to TLS (`redirect_to_https`).
public enum RedirectAnswer {
    /// A whole response that ends the connection: 301 for GET and HEAD, else 308, which keeps method and body (RFC 9110
    /// 15.4.9).
    ///
    /// `Location` is made of what was understood, not of bytes that were sent: the compared form of host and path. The port
    /// that the client named was this listener's and is left out; `OPTIONS *` is sent to `/`.
    /// - Parameters:
    ///   - port: where TLS is; left out of the address when it is 443.
    ///   - requestID: sent as `X-Request-Id`.
    /// - Returns: nil when the request names no host (HTTP/1.0): answer 400.
    public static func bytes(_ head: borrowing RequestHead, port: UInt16, requestID: RequestID? = nil) -> [UInt8]? {
        guard let host = head.host else { return nil }
        let isKept = head.method == .get || head.method == .head
        let status = isKept ? 301 : 308
        let body = HeadWriter()
        body.number(status)
        body.text(" ")
        body.text(StatusPhrase.of(status))
        let writer = HeadWriter()
        writer.text("HTTP/1.1 ")
        writer.raw(body.bytes)
        writer.lineEnd()
        body.text("\n")
        writer.fixed("Location", location(head, host, port: port))
        writer.fixed("Content-Type", "text/plain; charset=utf-8")
        writer.fixed("Content-Length", number: body.bytes.count)
        if let requestID { writer.field("X-Request-Id", id: requestID) }
        writer.fixed("Connection", "close")
        writer.lineEnd()
        if head.method != .head { writer.raw(body.bytes) }
        return writer.bytes
    }

    private static func location(_ head: borrowing RequestHead, _ host: HostName, port: UInt16) -> [UInt8] {
        let writer = HeadWriter()
        writer.text("https://")
        writer.raw(host.bytes)
        if port != 443 {
            writer.text(":")
            writer.number(port)
        }
        if head.target.form == .asterisk {
            writer.text("/")
        } else {
            writer.raw(head.target.path)
        }
        if let query = head.target.query {
            writer.text("?")
            writer.raw(query)
        }
        return writer.bytes
    }
}
