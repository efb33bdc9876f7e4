import Wire

/// Writes the head that a client receives for a backend's answer. What only concerned the backend's hop is left out; all
/// other fields keep their order, case and bytes.
public enum ResponseForwarding {
    /// The 101 of `head`, which `UpgradeAnswer` must have accepted. Framing fields are left out: a tunnel has no body.
    public static func switchingProtocols(_ head: borrowing ResponseHead, edits: [FieldEdits] = []) -> [UInt8] {
        let buffer = HeadBuffer()
        switchingProtocols(head, edits: edits, into: buffer)
        return Array(buffer.bytes)
    }

    /// The same, written behind what `buffer` holds.
    public static func switchingProtocols(_ head: borrowing ResponseHead, edits: [FieldEdits], into buffer: HeadBuffer) {
        let fields = ClassifiedFields(head.headers, head.connection)
        let writer = HeadWriter(buffer, edits: edits)
        writer.text("HTTP/1.1 101 Switching Protocols\r\n")
        writeFields(fields, to: writer, isChunked: false)
        writer.text("Connection: Upgrade\r\nUpgrade: websocket\r\n")
        writer.editLines()
        writer.lineEnd()
    }

    /// The head of any other final answer: to a plain request, or to a handshake that the backend refused.
    ///
    /// Framing is written anew from what was understood, so the client and the proxy cannot read it differently. A body that
    /// ends with its connection makes the client's close, too. What the backend offers in `Upgrade` is passed on where it is
    /// due (426, RFC 9110 15.5.22) or names WebSocket; other advertisements (such as h2c) are about a hop that this
    /// connection is not.
    /// - Parameters:
    ///   - method: of the request that is answered.
    ///   - clientVersion: of the same; an HTTP/1.0 client is told when its connection stays open.
    ///   - closes: whether the client's connection ends after this answer.
    ///   - edits: the pool's, then the route's.
    /// - Returns: nil for a chunked body toward an HTTP/1.0 client, which cannot read one.
    public static func answer(
        _ head: borrowing ResponseHead, method: Method, clientVersion: HTTPVersion, closes: Bool, edits: [FieldEdits] = []
    ) -> [UInt8]? {
        let buffer = HeadBuffer()
        let isWritten = answer(
            head, method: method, clientVersion: clientVersion, closes: closes, edits: edits, into: buffer)
        return isWritten ? Array(buffer.bytes) : nil
    }

    /// The same, written behind what `buffer` holds; false, and nothing is written, where there would be nil.
    public static func answer(
        _ head: borrowing ResponseHead, method: Method, clientVersion: HTTPVersion, closes: Bool, edits: [FieldEdits],
        into buffer: HeadBuffer
    ) -> Bool {
        let body = head.body(answering: method)
        // Not `==`, which would go through its protocol.
        let isChunked = if case .chunked = body { true } else { false }
        let endsWithConnection = if case .untilClose = body { true } else { false }
        if isChunked, case .http10 = clientVersion { return false }
        let fields = ClassifiedFields(head.headers, head.connection)
        let writer = HeadWriter(buffer, edits: edits)
        writeStatusLine(head, fields.headers, to: writer)
        writeFields(fields, to: writer, isChunked: isChunked)
        writeFraming(head, body, method, clientVersion, to: writer)
        writeConnection(head, fields, clientVersion, closes: closes || endsWithConnection, to: writer)
        writer.editLines()
        writer.lineEnd()
        return true
    }

    /// An interim answer (100, 102, 103) as it goes to an HTTP/1.1 client; older ones do not know any (RFC 9110 15.2). It
    /// has no framing.
    ///
    /// - Parameter edits: the pool's, then the route's. What they remove or replace does not get out in an interim answer
    ///   either; what they bring is for the final answer.
    public static func interim(_ head: borrowing ResponseHead, edits: [FieldEdits] = []) -> [UInt8] {
        let fields = ClassifiedFields(head.headers, head.connection)
        let writer = HeadWriter(edits: edits)
        writeStatusLine(head, fields.headers, to: writer)
        writeFields(fields, to: writer, isChunked: false)
        writer.lineEnd()
        return writer.bytes
    }

    // MARK: Parts

    /// Always HTTP/1.1, the version that this hop speaks (RFC 9110 2.5), with the backend's reason.
    private static func writeStatusLine(_ head: borrowing ResponseHead, _ headers: Headers, to writer: HeadWriter) {
        writer.text("HTTP/1.1 ")
        writer.number(head.status)
        writer.text(" ")
        writer.raw(headers.bytes.span.extracting(head.reason))
        writer.lineEnd()
    }

    private static func writeFields(_ fields: borrowing ClassifiedFields, to writer: HeadWriter, isChunked: Bool) {
        writer.lines(of: fields) { kind in
            switch kind {
            case .nominated, .hop, .connection, .upgrade, .te, .contentLength, .transferEncoding: false
            case .trailer: isChunked
            default: true
            }
        }
    }

    /// A length for a body that has one. Where there is none, a 304 and an answer to HEAD still tell the framing of what
    /// they stand for (RFC 9110 8.6, RFC 9112 6.1); a 204 tells nothing.
    private static func writeFraming(
        _ head: borrowing ResponseHead, _ body: ResponseBodyFraming, _ method: Method, _ clientVersion: HTTPVersion,
        to writer: HeadWriter
    ) {
        switch (body, head.declaredBody) {
        case (.length(let count), _): writer.fixed("Content-Length", number: count)
        case (.chunked, _): writer.fixed("Transfer-Encoding", "chunked")
        case (.none, .length(let count)) where head.status == 304 || (method == .head && head.status != 204):
            writer.fixed("Content-Length", number: count)
        case (.none, .chunked) where method == .head && clientVersion == .http11 && head.status != 204 && head.status != 304:
            writer.fixed("Transfer-Encoding", "chunked")
        case (.none, _), (.untilClose, _): break
        }
    }

    private static func writeConnection(
        _ head: borrowing ResponseHead, _ fields: borrowing ClassifiedFields, _ clientVersion: HTTPVersion, closes: Bool,
        to writer: HeadWriter
    ) {
        let offer = advertised(head, fields)
        switch (closes, offer.isEmpty) {
        case (true, true): writer.fixed("Connection", "close")
        case (true, false): writer.fixed("Connection", "close, Upgrade")
        case (false, false): writer.fixed("Connection", clientVersion == .http10 ? "keep-alive, Upgrade" : "Upgrade")
        case (false, true): if clientVersion == .http10 { writer.fixed("Connection", "keep-alive") }
        }
        if !offer.isEmpty { writer.fixed("Upgrade", offer) }
    }

    /// The protocols that the client is told of, as a list.
    private static func advertised(_ head: borrowing ResponseHead, _ fields: borrowing ClassifiedFields) -> [UInt8] {
        var list: [UInt8] = []
        let bytes = fields.headers.bytes
        guard fields.headers.mayHave(.upgrade) else { return list }
        for field in fields.headers.fields where field.kind == .upgrade {
            for name in ListMembers(bytes, field.value) {
                guard head.status == 426 || HeaderName.equal(bytes.span.extracting(name), "websocket") else { continue }
                if !list.isEmpty { list += [0x2C, 0x20] }
                list += bytes[name]
            }
        }
        return list
    }
}
