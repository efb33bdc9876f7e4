import COpenSSL

extension TLSEngine {
    /// The failure of a client whose server picked a protocol that was not offered. One that picks nothing speaks HTTP/1.1 as of old.
    func refusedProtocol() -> TLSFailure? {
        guard case .client = side else { return nil }
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &count)
        guard count > 0, !ApplicationProtocol.isOurs(UnsafeBufferPointer(start: name, count: Int(count))) else { return nil }
        return TLSFailure(reason: .noApplicationProtocol, detail: "the server picked a protocol that was not offered")
    }

    /// How often a read may come back empty, by what the peer may honestly send.
    var emptyReadLimit: UInt32 {
        switch side {
        case .server: Self.emptyReadLimit
        case .client: Self.emptyReadLimitOfServer
        }
    }
}
