import COpenSSL

/// The answer to a WebSocket client's key (RFC 6455 4.2.2, step 5.4).
package enum WebSocketAccept {
    private static let guid: StaticString = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// The value of `Sec-WebSocket-Accept` for a value of `Sec-WebSocket-Key`: base64 of the SHA-1 of key and GUID.
    ///
    /// Takes the key as it stands: whether it is a good one is for the caller to judge. 28 bytes; none at all
    /// only if OpenSSL has no SHA-1, and then no upgrade can succeed.
    package static func value(forKey key: Span<UInt8>) -> [UInt8] {
        guard let algorithm = OpenSSLLibrary.sha1.pointer else { return [] }
        let (guidStart, guidCount) = (UnsafeRawPointer(guid.utf8Start), guid.utf8CodeUnitCount)
        let count = key.count &+ guidCount
        return withUnsafeTemporaryAllocation(byteCount: count &+ 20, alignment: 8) { area -> [UInt8] in
            guard let start = area.baseAddress else { return [] }
            key.withUnsafeBytes { if let source = $0.baseAddress { start.copyMemory(from: source, byteCount: $0.count) } }
            (start + key.count).copyMemory(from: guidStart, byteCount: guidCount)
            let digest = (start + count).assumingMemoryBound(to: UInt8.self)
            guard EVP_Digest(start, count, digest, nil, algorithm, nil) == 1 else {
                ErrorQueue.clear()
                return []
            }
            return [UInt8](unsafeUninitializedCapacity: 29) { buffer, count in
                // 20 bytes make 28 characters, and EVP_EncodeBlock adds a NUL.
                let written = EVP_EncodeBlock(buffer.baseAddress, digest, 20)
                count = max(0, min(28, Int(written)))
            }
        }
    }

    /// The same, for a key that lies in an array.
    package static func value(forKey key: [UInt8]) -> [UInt8] { value(forKey: key.span) }
}
