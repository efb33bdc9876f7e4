import Wire

/// Writes the head that a backend receives.
package enum RequestForwarding {
    /// The opening handshake of `head`, which `UpgradeRequest` must have found valid, as it goes to a backend.
    ///
    /// The request line carries the path that was routed. `Host` comes first, as sent; the other fields keep their order,
    /// case and bytes. Left out are hop-by-hop fields and those that `Connection` names, names with `_` (which many
    /// backends read as `-`), `Content-Length` (there is no body), and whatever tells about the client. Only then are our
    /// own fields added, so a client cannot have them removed.
    package static func upgrade(_ head: borrowing RequestHead, context: ForwardingContext) -> [UInt8] {
        let headers = head.headers
        let hop = HopByHop(headers)
        var writer = HeadWriter(capacity: headers.bytes.count &+ 512)
        writer.text("GET ")
        writer.raw(head.target.originForm)
        writer.text(" HTTP/1.1\r\n")
        if let host = headers.first("Host") { writer.field("Host", host) }
        for field in headers.fields where passes(field, headers, hop) { writer.field(field, of: headers) }
        writer.field("Connection", "Upgrade")
        writer.field("Upgrade", "websocket")
        ForwardedFields(headers: headers, hop: hop, context: context).write(to: &writer)
        writer.lineEnd()
        return writer.bytes
    }

    /// The id under which this request is known: a trusted peer's, if it is at most 128 visible ASCII bytes, else
    /// `context.requestID`. The head that goes to the backend carries the same.
    package static func requestID(_ head: borrowing RequestHead, context: ForwardingContext) -> String {
        let headers = head.headers
        return ForwardedFields(headers: headers, hop: HopByHop(headers), context: context).requestID
    }

    private static func passes(_ field: HeaderField, _ headers: Headers, _ hop: HopByHop) -> Bool {
        if headers.isNamed(field, "TE") {
            return !hop.names(field, of: headers) && HeaderName.equal(headers.value(field), trailers[...])
        }
        let isOurs = replaced.contains { headers.isNamed(field, $0) }
        return !isOurs && !headers.name(field).contains(0x5F) && !hop.contains(field, of: headers)
    }

    private static let trailers = Array("trailers".utf8)

    private static let replaced: [StaticString] = [
        "Host", "Content-Length", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port",
        "X-Real-IP", "Forwarded", "X-Request-Id",
    ]
}
