/// What a request turned out to be once its upgrade fields were read.
public enum UpgradeVerdict: Sendable {
    /// A plain request: no upgrade asked for, one that HTTP/1.0 cannot ask for, or one to a protocol we do not speak.
    case notAnUpgrade
    /// A valid opening handshake (RFC 6455 4.2.1).
    case websocket(WebSocketOffer)
    /// A WebSocket handshake that no backend should see. `reason` is a label of a closed set.
    case refuse(status: UInt16, reason: StaticString)
}
