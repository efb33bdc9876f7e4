/// The proxy's own answers: small, complete, and the last thing on their connection.
package enum ErrorAnswer {
    /// A whole response with a short plain-text body. It ends the connection (`Connection: close`) and is not stored.
    ///
    /// 405 says what is allowed; 426 says which protocol and version are (RFC 9110 15.5.22, RFC 6455 4.4). `Date` is left
    /// out: no clock here. Nothing that a client sent goes into it.
    /// - Parameters:
    ///   - status: 400 to 599; its phrase is the body.
    ///   - retryAfter: seconds; negative ones count as 0.
    ///   - requestID: sent as `X-Request-Id`.
    ///   - withBody: false answers a HEAD request: the same head, no body.
    package static func bytes(
        status: UInt16, retryAfter: Int? = nil, requestID: String? = nil, withBody: Bool = true
    ) -> [UInt8] {
        let phrase = phrase(status)
        var body = HeadWriter(capacity: 64)
        body.raw(String(status).utf8)
        body.text(" ")
        body.text(phrase)
        var writer = HeadWriter(capacity: 384)
        writer.text("HTTP/1.1 ")
        writer.raw(body.bytes)
        writer.lineEnd()
        body.text("\n")
        writer.field("Content-Type", "text/plain; charset=utf-8")
        writer.field("Content-Length", String(body.bytes.count).utf8)
        writer.field("Cache-Control", "no-store")
        switch status {
        case 405: writer.field("Allow", "GET")
        case 426:
            writer.field("Upgrade", "websocket")
            writer.field("Sec-WebSocket-Version", "13")
        default: break
        }
        if let retryAfter { writer.field("Retry-After", String(max(0, retryAfter)).utf8) }
        if let requestID { writer.field("X-Request-Id", requestID.utf8) }
        writer.field("Connection", status == 426 ? "close, Upgrade" : "close")
        writer.lineEnd()
        if withBody { writer.raw(body.bytes) }
        return writer.bytes
    }

    /// The phrase of RFC 9110 15 and the registry; `Error` for a status we never send.
    static func phrase(_ status: UInt16) -> StaticString {
        switch status {
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        case 508: "Loop Detected"
        default: "Error"
        }
    }
}
