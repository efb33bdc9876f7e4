import Wire

/// Writes the head that a client receives for a backend's answer to its handshake.
package enum ResponseForwarding {
    /// The 101 of `head`, which `UpgradeAnswer` must have accepted. Framing fields are left out: a tunnel has no body.
    package static func switchingProtocols(_ head: borrowing ResponseHead) -> [UInt8] {
        let headers = head.headers
        let hop = HopByHop(headers)
        var writer = HeadWriter(capacity: headers.bytes.count &+ 64)
        writer.text("HTTP/1.1 101 Switching Protocols\r\n")
        for field in headers.fields where !hop.contains(field, of: headers) && !headers.isNamed(field, "Content-Length") {
            writer.field(field, of: headers)
        }
        writer.field("Connection", "Upgrade")
        writer.field("Upgrade", "websocket")
        writer.lineEnd()
        return writer.bytes
    }

    /// The head of any other final answer to a handshake, after which, and after its body, the connection is closed.
    ///
    /// Framing is written anew from what was understood, so the client and the proxy cannot read it differently. What the
    /// backend offers in `Upgrade` is passed on where it is due (426, RFC 9110 15.5.22) or names WebSocket; other
    /// advertisements (such as h2c) are about a hop that this connection is not.
    package static func refusedUpgrade(_ head: borrowing ResponseHead) -> [UInt8] {
        let headers = head.headers
        let hop = HopByHop(headers)
        var writer = HeadWriter(capacity: headers.bytes.count &+ 64)
        writer.text("HTTP/1.1 ")
        writer.raw(String(head.status).utf8)
        writer.text(" ")
        writer.raw(headers.bytes[head.reason])
        writer.lineEnd()
        for field in headers.fields where !hop.contains(field, of: headers) && !headers.isNamed(field, "Content-Length") {
            writer.field(field, of: headers)
        }
        writeFraming(head, to: &writer)
        let protocols = advertised(head)
        if protocols.isEmpty {
            writer.field("Connection", "close")
        } else {
            writer.field("Connection", "close, Upgrade")
            writer.field("Upgrade", Array(protocols.joined(separator: Array(", ".utf8))))
        }
        writer.lineEnd()
        return writer.bytes
    }

    /// A length for a body that has one, and for a 304, whose length tells of the body it stands for (RFC 9110 8.6).
    private static func writeFraming(_ head: borrowing ResponseHead, to writer: inout HeadWriter) {
        switch head.body(answering: .get) {
        case .length(let count): writer.field("Content-Length", String(count).utf8)
        case .chunked: writer.field("Transfer-Encoding", "chunked")
        case .none:
            if head.status == 304, case .length(let count) = head.declaredBody {
                writer.field("Content-Length", String(count).utf8)
            }
        case .untilClose: break
        }
    }

    private static func advertised(_ head: borrowing ResponseHead) -> [ArraySlice<UInt8>] {
        let protocols = head.headers.members("Upgrade")
        if head.status == 426 { return protocols }
        return protocols.filter { HeaderName.equal($0, Array("websocket".utf8)[...]) }
    }
}
