/// What a backend's answer to an opening handshake turned out to be.
public enum AnswerVerdict: Sendable {
    /// A valid 101: the tunnel begins right behind this head. What the backend chose is passed on, offered or not.
    /// `subprotocol` shares the head's storage: copy it before keeping it for a tunnel's life.
    case accepted(subprotocol: ArraySlice<UInt8>?, extensions: Bool)
    /// A final answer that is no 101: relayed whole, and there is no tunnel.
    case refused
    /// 100, 102, 103 or another 1xx: skip it and read the next head.
    case interim
    /// A 101 that does not switch to WebSocket, or not for this key: 502. `reason` is a label of a closed set.
    case invalid(reason: StaticString)
}
