/// What of a valid opening handshake (RFC 6455 4.1) its answer depends on.
public struct WebSocketOffer: Sendable {
    /// `Sec-WebSocket-Key`: 24 bytes of Base64, from which the accept value is made. Shares the head's storage.
    public let key: ArraySlice<UInt8>
}
