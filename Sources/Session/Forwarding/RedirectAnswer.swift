import Wire

/// The answer of a plain listener that sends everybody to TLS (`redirect_to_https`).
package enum RedirectAnswer {
    /// A whole response that ends the connection: 301 for GET and HEAD, else 308, which keeps method and body (RFC 9110
    /// 15.4.9).
    ///
    /// `Location` is made of what was understood, not of bytes that were sent: the compared form of host and path. The port
    /// that the client named was this listener's and is left out; `OPTIONS *` is sent to `/`.
    /// - Parameters:
    ///   - port: where TLS is; left out of the address when it is 443.
    ///   - requestID: sent as `X-Request-Id`.
    /// - Returns: nil when the request names no host (HTTP/1.0): answer 400.
    package static func bytes(_ head: borrowing RequestHead, port: UInt16, requestID: String? = nil) -> [UInt8]? {
        guard let host = head.host else { return nil }
        let isKept = head.method == .get || head.method == .head
        let status = isKept ? 301 : 308
        var body = HeadWriter(capacity: 64)
        body.number(status)
        body.text(" ")
        body.text(StatusPhrase.of(status))
        var writer = HeadWriter(capacity: head.headers.bytes.count &+ 320)
        writer.text("HTTP/1.1 ")
        writer.raw(body.bytes)
        writer.lineEnd()
        body.text("\n")
        writer.fixed("Location", location(head, host, port: port))
        writer.fixed("Content-Type", "text/plain; charset=utf-8")
        writer.fixed("Content-Length", String(body.bytes.count).utf8)
        if let requestID { writer.fixed("X-Request-Id", requestID.utf8) }
        writer.fixed("Connection", "close")
        writer.lineEnd()
        if head.method != .head { writer.raw(body.bytes) }
        return writer.bytes
    }

    private static func location(_ head: borrowing RequestHead, _ host: HostName, port: UInt16) -> [UInt8] {
        var writer = HeadWriter(capacity: host.bytes.count &+ head.target.path.count &+ 16)
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
