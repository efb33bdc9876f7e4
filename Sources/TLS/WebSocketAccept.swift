import COpenSSL

/// The answer to a WebSocket client's key (RFC 6455 4.2.2, step 5.4).
public enum WebSocketAccept {
    private static let guid: StaticString = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// The value of `Sec-WebSocket-Accept` for a value of `Sec-WebSocket-Key`: base64 of the SHA-1 of key and GUID.
    ///
    /// Takes the key as it stands: whether it is a good one is for the caller to judge. 28 bytes; none at all
    /// only if OpenSSL fails, and then no upgrade can succeed (`UpgradeAnswer`).
    public static func value(forKey key: Span<UInt8>) -> [UInt8] {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 49) { area -> [UInt8] in
            let digest = area.baseAddress
            let isMade = key.withUnsafeBytes {
                tidegate_SHA1($0.baseAddress, $0.count, guid.utf8Start, guid.utf8CodeUnitCount, digest)
            }
            guard isMade == 1, let digest else { return [] }
            // 20 bytes make 28 characters, and EVP_EncodeBlock adds a NUL.
            let written = EVP_EncodeBlock(digest + 20, digest, 20)
            // A copy: an array that is filled in place asks for its type at run time.
            return Array(UnsafeBufferPointer(start: digest + 20, count: max(0, min(28, Int(written)))))
        }
    }

    /// The same, for a key that lies in an array.
    public static func value(forKey key: [UInt8]) -> [UInt8] { value(forKey: key.span) }
}
