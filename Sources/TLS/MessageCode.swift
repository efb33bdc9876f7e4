import COpenSSL

/// Codes that prove a message was written by who has the key: HMAC (RFC 2104) with SHA-256.
public enum MessageCode {
    private static let byteCount = 32

    /// 32 bytes; none at all only if OpenSSL has no SHA-256. An empty code is equal to no other, see `isEqual`.
    public static func sha256(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        guard OpenSSLLibrary.started, let length = Int32(exactly: key.count) else { return [] }
        var code = [UInt8](repeating: 0, count: byteCount)
        var written: UInt32 = 0
        guard HMAC(EVP_sha256(), key, length, message, message.count, &code, &written) != nil, Int(written) == byteCount else {
            ErrorQueue.clear()
            return []
        }
        return code
    }

    /// Whether what a stranger sent is what was expected. Takes the same time wherever they differ; only their lengths show.
    public static func isEqual(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count, !one.isEmpty else { return false }
        return one.withUnsafeBytes { one in
            other.withUnsafeBytes { CRYPTO_memcmp(one.baseAddress, $0.baseAddress, one.count) == 0 }
        }
    }
}
