import Testing

@testable import TLS

@Suite struct WebSocketAcceptTests {
    /// The first is RFC 6455 1.3's; the others were computed with Python's hashlib and base64.
    @Test(arguments: [
        ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk="),
        ("", "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w="),
    ])
    func `the value is the one the RFC asks for`(key: String, value: String) {
        let bytes = Array(key.utf8)
        #expect(WebSocketAccept.value(forKey: bytes) == Array(value.utf8))
        #expect(WebSocketAccept.value(forKey: bytes.span) == Array(value.utf8))
    }
}
