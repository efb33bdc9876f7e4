/// The `Sec-WebSocket-*` fields of a head that a handshake is judged by, found in one walk over its lines.
struct HandshakeFields {
    private(set) var key = Occurrence.never
    private(set) var version = Occurrence.never
    private(set) var accept = Occurrence.never
    /// The first line of `Sec-WebSocket-Protocol`.
    private(set) var subprotocol: Range<Int>?
    private(set) var hasExtensions = false

    init(_ headers: borrowing Headers) {
        guard headers.mayHave(.webSocket) else { return }
        let bytes = headers.bytes.span
        for field in headers.fields where field.kind == .webSocket {
            // Of that kind is what begins with `Sec-WebSocket-`. No two of the rests have the same length.
            let rest = bytes.extracting(field.name).extracting(droppingFirst: 14)
            switch rest.count {
            case 3: if ASCII.equal(rest, "key") { key.add(field.value) }
            case 6: if ASCII.equal(rest, "accept") { accept.add(field.value) }
            case 7: if ASCII.equal(rest, "version") { version.add(field.value) }
            case 8: if subprotocol == nil, ASCII.equal(rest, "protocol") { subprotocol = field.value }
            case 10: if ASCII.equal(rest, "extensions") { hasExtensions = true }
            default: break
            }
        }
    }
}
