/// What a valid opening handshake offers (RFC 6455 4.1).
package struct WebSocketOffer: Sendable {
    /// `Sec-WebSocket-Key`: 24 bytes of Base64, from which the accept value is made.
    package let key: [UInt8]
    /// `Sec-WebSocket-Protocol` as sent, several lines joined by `, `; nil when none was sent. Only for logs.
    /// It may share the head's storage: copy it before keeping it for a tunnel's life.
    package let subprotocols: ArraySlice<UInt8>?
    /// Whether the client offered any extension, such as permessage-deflate.
    package let offersExtensions: Bool
}
