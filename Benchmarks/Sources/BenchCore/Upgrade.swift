import COpenSSL

/// The two heads of a WebSocket handshake (RFC 6455 4), as much of it as a benchmark needs.
package enum Upgrade {
    /// The key every tunnel of the load generator sends, and the answer it demands: the pair of RFC 6455 1.3. A fixed one costs
    /// nothing and still proves that the answer came from a backend that read the request.
    package static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    package static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    package static func request(host: String, path: String) -> [UInt8] {
        let lines = [
            "GET \(path) HTTP/1.1", "Host: \(host)", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: \(key)", "", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    /// The backend's answer; `nil` when the request has no key and so is a plain one.
    package static func answer(to request: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let key = Head.field("sec-websocket-key", in: request) else { return nil }
        let lines = [
            "HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Accept: \(acceptValue(for: String(decoding: key, as: UTF8.self)))", "", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    /// Whether a head is a 101 that accepts our key.
    package static func isAccepted(_ head: UnsafeRawBufferPointer) -> Bool {
        guard Head.status(of: head) == 101, let value = Head.field("sec-websocket-accept", in: head) else { return false }
        return value.elementsEqual(accept.utf8)
    }

    /// Base64 of SHA-1 of the key and the protocol's own GUID (RFC 6455 4.2.2).
    package static func acceptValue(for key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        SHA1(text, text.count, &digest)
        var encoded = [UInt8](repeating: 0, count: 29)
        let count = EVP_EncodeBlock(&encoded, digest, 20)
        return String(decoding: encoded.prefix(Int(max(0, count))), as: UTF8.self)
    }
}
