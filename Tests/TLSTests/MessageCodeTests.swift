import Testing

@testable import TLS

@Suite struct MessageCodeTests {
    /// RFC 4231 4.2, 4.3 and 4.7: a usual key, a short one, and one longer than a block.
    @Test(arguments: [
        ([UInt8](repeating: 0x0b, count: 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (Array("Jefe".utf8), "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `the code is the one of the RFC`(key: [UInt8], message: String, expected: String) {
        let code = MessageCode.sha256(of: Array(message.utf8), key: key)
        #expect(code.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined() == expected)
    }

    @Test func `only equal bytes are equal, and nothing is equal to nothing`() {
        let code = MessageCode.sha256(of: [1, 2, 3], key: [4])
        #expect(isEqual(code, code))
        for index in code.indices {
            var other = code
            other[index] ^= 1
            #expect(!isEqual(code, other))
        }
        #expect(!isEqual(code, Array(code.dropLast())))
        #expect(!isEqual([], []))
    }

    private func isEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool { MessageCode.isEqual(one.span, other.span) }
}
