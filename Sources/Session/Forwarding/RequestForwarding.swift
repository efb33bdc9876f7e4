import Wire

/// Writes the head that a backend receives.
///
/// The request line carries the path that was routed, or what it was rewritten to. `Host` comes first; the other fields keep
/// their order, case and bytes. Left out are hop-by-hop fields and those that `Connection` names, names with `_` (which many
/// backends read as `-`), framing, and whatever tells about the client (`X-Forwarded-Prefix` and its like pass from a trusted
/// peer). Only then are our own fields added, so a client
/// cannot have them removed; last comes what the configuration adds.
public enum RequestForwarding {
    /// The opening handshake of `head`, which `UpgradeRequest` must have found valid, as it goes to a backend.
    public static func upgrade(
        _ head: borrowing RequestHead, context: ForwardingContext, rewriting: RequestRewriting = RequestRewriting()
    ) -> [UInt8] {
        let buffer = HeadBuffer()
        upgrade(head, context: context, rewriting: rewriting, into: buffer)
        return Array(buffer.bytes)
    }

    /// The same, written behind what `buffer` holds.
    public static func upgrade(
        _ head: borrowing RequestHead, context: ForwardingContext, rewriting: RequestRewriting, into buffer: HeadBuffer
    ) {
        let fields = ClassifiedFields(head.headers, head.connection)
        let rules = Rules(head, fields, rewriting, isUpgrade: true, isTrusted: context.clientIsTrusted)
        let writer = begun(head, fields, rewriting, version: .http11, in: buffer)
        writer.lines(of: fields) { rules.pass($0) }
        writer.text("Connection: Upgrade\r\nUpgrade: websocket\r\n")
        finish(writer, fields, context, rewriting, beginsTrace: !rules.keepsTrace)
    }

    /// A plain request of any method, in the client's version of HTTP: an answer to an HTTP/1.0 request comes back without
    /// chunks then.
    ///
    /// Framing is written anew from what was understood (`head.body`), so the backend and the proxy cannot read it
    /// differently. `Expect` passes only while the client waits, `TE` only as `trailers`, `Trailer` only with a chunked
    /// body. `Upgrade` and the fields of a handshake do not pass: this is none.
    public static func plain(
        _ head: borrowing RequestHead, context: ForwardingContext, rewriting: RequestRewriting = RequestRewriting()
    ) -> [UInt8] {
        let buffer = HeadBuffer()
        plain(head, context: context, rewriting: rewriting, into: buffer)
        return Array(buffer.bytes)
    }

    /// The same, written behind what `buffer` holds.
    public static func plain(
        _ head: borrowing RequestHead, context: borrowing ForwardingContext, rewriting: borrowing RequestRewriting, into buffer: HeadBuffer
    ) {
        let fields = ClassifiedFields(head.headers, head.connection)
        let rules = Rules(head, fields, rewriting, isUpgrade: false, isTrusted: context.clientIsTrusted)
        let writer = begun(head, fields, rewriting, version: head.version, in: buffer)
        writer.lines(of: fields) { rules.pass($0) }
        switch head.body {
        case .none: break
        case .length(let count): writer.fixed("Content-Length", number: count)
        case .chunked: writer.fixed("Transfer-Encoding", "chunked")
        }
        writeConnection(to: writer, head, fields, closes: rewriting.closes)
        finish(writer, fields, context, rewriting, beginsTrace: !rules.keepsTrace)
    }

    /// The id under which this request is known: a trusted peer's, if it is at most 128 visible ASCII bytes, else
    /// `context.requestID`. The head that goes to the backend carries the same.
    public static func requestID(_ head: borrowing RequestHead, context: ForwardingContext) -> RequestID {
        guard context.clientIsTrusted else { return context.requestID }
        return ForwardedFields(fields: ClassifiedFields(head.headers, head.connection), context: context).requestID
    }

    // MARK: Parts

    /// The request line and `Host`. A request that names its host in the target alone (HTTP/1.0) gets that one, since it
    /// was routed by it.
    private static func begun(
        _ head: borrowing RequestHead, _ fields: borrowing ClassifiedFields, _ rewriting: borrowing RequestRewriting, version: HTTPVersion,
        in buffer: HeadBuffer
    ) -> HeadWriter {
        let writer = HeadWriter(buffer, edits: rewriting.edits)
        if case .other(let bytes) = head.method { writer.raw(bytes) } else { writer.text(head.method.label) }
        writer.text(" ")
        if let path = rewriting.path, head.target.form != .asterisk {
            writer.raw(path.filter { $0 > 0x20 && $0 != 0x7F })
        } else {
            writer.raw(head.target.path)
        }
        if let query = head.target.query {
            writer.text("?")
            writer.raw(query)
        }
        writer.text(version == .http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n")
        if !rewriting.edits.isEmpty, let host = rewriting.edits.last(where: { $0.host != nil })?.host {
            writer.fixed("Host", host.bytes)
        } else if let host = rewriting.host {
            writer.fixed("Host", host.span)
        } else if let host = fields.first(.host) {
            writer.fixed("Host", parsed: fields.headers.bytes.span.extracting(host.value))
        } else if let host = head.host {
            writer.fixed("Host", host.bytes + (head.port.map { Array(":\($0)".utf8) } ?? []))
        }
        return writer
    }

    /// Which of the client's fields pass.
    private struct Rules {
        private let isUpgrade: Bool
        private let expectsContinue: Bool
        private let isChunked: Bool
        private let isTrusted: Bool
        /// A new trace has neither the old parent nor its state.
        let keepsTrace: Bool

        init(
            _ head: borrowing RequestHead, _ fields: borrowing ClassifiedFields, _ rewriting: borrowing RequestRewriting, isUpgrade: Bool,
            isTrusted: Bool
        ) {
            self.isUpgrade = isUpgrade
            self.isTrusted = isTrusted
            expectsContinue = head.expectsContinue
            isChunked = head.body == .chunked
            keepsTrace =
                !rewriting.createsTraceParent
                || fields.only(.traceParent).map { TraceContext.isValid(fields.headers.value($0)) } == true
        }

        func pass(_ kind: FieldKind) -> Bool {
            switch kind {
            case .other, .contentType, .loop: true
            case .webSocket: isUpgrade
            case .expect: expectsContinue
            case .trailer: isChunked
            case .claim: isTrusted
            case .traceParent, .traceState: keepsTrace
            case .underscored, .nominated, .hop, .connection, .upgrade, .te, .host, .contentLength, .transferEncoding,
                .forwardedFor, .forwardedProto, .forwardedHost, .forwardedPort, .realAddress, .forwarded, .requestID:
                false
            }
        }
    }

    /// `TE` obliges to name it in `Connection` (RFC 9110 10.1.4). An HTTP/1.0 request asks for the close that it means.
    private static func writeConnection(
        to writer: HeadWriter, _ head: borrowing RequestHead, _ fields: borrowing ClassifiedFields, closes: Bool
    ) {
        let wantsTrailers =
            head.version == .http11
            && fields.only(.te).map { HeaderName.equal(fields.headers.bytes.span.extracting($0.value), "trailers") } == true
        let closes = closes || head.version == .http10
        if wantsTrailers { writer.fixed("TE", "trailers") }
        if closes || wantsTrailers {
            writer.fixed("Connection", !wantsTrailers ? "close" : closes ? "close, TE" : "TE")
        }
    }

    private static func finish(
        _ writer: HeadWriter, _ fields: borrowing ClassifiedFields, _ context: borrowing ForwardingContext,
        _ rewriting: borrowing RequestRewriting, beginsTrace: Bool
    ) {
        let forwarded = ForwardedFields(fields: copy fields, context: copy context)
        forwarded.write(to: writer)
        if rewriting.forwarded { forwarded.writeForwarded(to: writer) }
        if beginsTrace {
            writer.field("traceparent", TraceContext.made(trace: rewriting.traceID, span: rewriting.spanID))
        }
        writer.field("CDN-Loop", "tidegate")
        writer.editLines()
        writer.lineEnd()
    }
}
