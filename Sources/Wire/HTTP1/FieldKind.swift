/// What a field is to a proxy, as far as its name tells. Each name is looked at once, by its length first.
public enum FieldKind: UInt8, Sendable {
    /// Passes as it is.
    case other
    /// Passes as it is, too; looked at to know event streams.
    case contentType
    /// A name with `_`, which many backends read as `-`: it could pass for one of the names below.
    case underscored
    /// Its sender named it in `Connection`, so it ends at this hop (RFC 9110 7.6.1).
    case nominated
    /// Always ends at this hop: `Keep-Alive`, `Proxy-Connection`, `Proxy-Authenticate`, `Proxy-Authorization`, `HTTP2-Settings`.
    case hop
    case connection, upgrade, te
    case host, expect, contentLength, transferEncoding, trailer
    case forwardedFor, forwardedProto, forwardedHost, forwardedPort, realAddress, forwarded, requestID
    case traceParent, traceState, loop
    /// Tells of the client or of what it asked for, as the fields above do: a proxy's word, see `isClaim`.
    case claim
    /// `Sec-WebSocket-*`
    case webSocket

    /// ASCII case is ignored (RFC 9110 5.1).
    public init(_ name: Span<UInt8>) {
        let known: FieldKind? =
            switch name.count {
            case 2: FieldKind.first(of: name, ("te", .te))
            case 4: FieldKind.first(of: name, ("host", .host))
            case 6: FieldKind.first(of: name, ("expect", .expect))
            case 7: FieldKind.first(of: name, ("upgrade", .upgrade), ("trailer", .trailer))
            case 8: FieldKind.first(of: name, ("cdn-loop", .loop))
            case 9: FieldKind.first(of: name, ("x-real-ip", .realAddress), ("forwarded", .forwarded))
            case 10:
                FieldKind.first(of: name, ("connection", .connection), ("keep-alive", .hop), ("tracestate", .traceState))
            case 11: FieldKind.first(of: name, ("traceparent", .traceParent))
            case 12: FieldKind.first(of: name, ("content-type", .contentType), ("x-request-id", .requestID))
            case 14: FieldKind.first(of: name, ("content-length", .contentLength), ("http2-settings", .hop))
            default: FieldKind.long(name)
            }
        self = known ?? (FieldKind.hasUnderscore(name) ? .underscored : FieldKind.isClaim(name) ? .claim : .other)
    }

    var bit: UInt64 { 1 &<< UInt64(rawValue) }

    /// Names that backends take a proxy's word from, although the proxy writes none of them: every other `X-Forwarded-*`
    /// (`-Prefix`, `-Ssl`, `-User`), the path or host that was asked for, and the client's address under other names.
    private static func isClaim(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 11: ASCII.equal(name, "x-client-ip")
        case 13: ASCII.equal(name, "x-rewrite-url") || isForwarded(name)
        case 14: ASCII.equal(name, "x-original-url") || ASCII.equal(name, "true-client-ip") || isForwarded(name)
        case 15: ASCII.equal(name, "x-original-host") || ASCII.equal(name, "front-end-https") || isForwarded(name)
        default: isForwarded(name)
        }
    }

    private static func hasUnderscore(_ name: Span<UInt8>) -> Bool {
        name.contains(ASCII.underscore)
    }

    private static func isForwarded(_ name: Span<UInt8>) -> Bool {
        name.count >= 12 && name[0] | 0x20 == 0x78 && ASCII.begins(name, with: "x-forwarded-")
    }

    private static func long(_ name: Span<UInt8>) -> FieldKind? {
        guard name.count >= 15 else { return nil }
        if ASCII.begins(name, with: "sec-websocket-") { return hasUnderscore(name) ? .underscored : .webSocket }
        return switch name.count {
        case 15: first(of: name, ("x-forwarded-for", .forwardedFor))
        case 16:
            first(
                of: name, ("x-forwarded-host", .forwardedHost), ("x-forwarded-port", .forwardedPort), ("proxy-connection", .hop))
        case 17: first(of: name, ("x-forwarded-proto", .forwardedProto), ("transfer-encoding", .transferEncoding))
        case 18: first(of: name, ("proxy-authenticate", .hop))
        case 19: first(of: name, ("proxy-authorization", .hop))
        default: nil
        }
    }

    @inline(__always)
    private static func first(
        of name: Span<UInt8>, _ one: (StaticString, FieldKind), _ two: (StaticString, FieldKind)? = nil,
        _ three: (StaticString, FieldKind)? = nil
    ) -> FieldKind? {
        if isNamed(name, one.0) { return one.1 }
        if let two, isNamed(name, two.0) { return two.1 }
        if let three, isNamed(name, three.0) { return three.1 }
        return nil
    }

    /// `wanted` begins with a letter in lower case. Most names differ there already.
    @inline(__always)
    private static func isNamed(_ name: Span<UInt8>, _ wanted: StaticString) -> Bool {
        name.count > 0 && name[0] | 0x20 == wanted.utf8Start.pointee && ASCII.equal(name, wanted)
    }

    /// Whether a sender may end a field of this kind by naming it in `Connection`. Not those that the next recipient needs to
    /// read the message, that the handshake is made of, or that tell a loop; the others that are no are dropped or written
    /// anew whatever was named.
    public var canBeNominated: Bool {
        switch self {
        case .host, .expect, .loop, .webSocket, .connection, .upgrade, .te, .contentLength, .transferEncoding, .hop, .nominated:
            false
        case .other, .contentType, .underscored, .trailer, .forwardedFor, .forwardedProto, .forwardedHost, .forwardedPort, .realAddress,
            .forwarded, .requestID, .traceParent, .traceState, .claim:
            true
        }
    }

    /// Whether the proxy alone decides about fields of this kind: they belong to framing, to the connection, or to the
    /// WebSocket handshake.
    public static func isOwned(_ name: Span<UInt8>) -> Bool {
        switch FieldKind(name) {
        case .connection, .upgrade, .te, .contentLength, .transferEncoding, .trailer: true
        case .hop: !ASCII.begins(name, with: "proxy-auth")
        case .webSocket: !ASCII.equal(name, "sec-websocket-protocol")
        default: false
        }
    }
}
