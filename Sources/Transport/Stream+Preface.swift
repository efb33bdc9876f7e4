import CLinux

/// What travels in front of TLS, in the clear: the PROXY protocol.
extension Stream {
    /// One recv of at most `limit` bytes into `scratch.plain`, past any TLS. Only before the handshake.
    public mutating func receivePreface(into scratch: Scratch, limit: Int) -> Received {
        let got = cl_recv(descriptor, scratch.plain, min(limit, scratch.capacity))
        return got > 0 ? Received(count: got) : Received(ending: Self.ending(got))
    }

    /// Sends bytes past any TLS. Only before the handshake.
    public mutating func sendPreface(_ bytes: [UInt8]) -> Ending? { bytes.withUnsafeBytes { transmit($0) } }

    /// The socket's own address; nil when it is no more.
    public var localAddress: SocketAddress? {
        var address = cl_address()
        return cl_local_address(descriptor, &address) >= 0 ? SocketAddress(raw: address) : nil
    }
}
