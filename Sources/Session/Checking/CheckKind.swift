/// What a check asks of a backend.
public enum CheckKind: Sendable, Hashable {
    /// That the connection stands; over TLS, that the handshake succeeds.
    case tcp
    case http(HTTPCheck)
    case websocket(WebSocketCheck)
}
