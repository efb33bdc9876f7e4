import Settings
import Testing

@testable import Session

@Suite("The text of a sticky cookie") struct StickyTextTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// RFC 4648 10, and the two characters that differ from plain base64.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func `base64url has no padding`(plain: String, encoded: String) {
        #expect(text(StickyText.base64URL(Array(plain.utf8))) == encoded)
        #expect(text(StickyText.base64URL([0xfb, 0xff, 0xbf])) == "-_-_")
    }

    @Test func `a value has the length that is looked for, whatever it says`() {
        for byte in [0, 1, UInt8.max] {
            let id = StickyText.id([UInt8](repeating: byte, count: 32))
            #expect(id.count == StickyText.idCount)
            #expect(StickyText.value(id: id, code: [UInt8](repeating: 0xff, count: 32)).count == StickyText.count)
        }
        #expect(text(StickyText.id([0, 0, 0, 0, 0, 0, 0, 1, 2])) == "AAAAAAAAAAE")
    }

    @Test func `the code covers the pool and the ID, the ID the pool and the backend, and where one ends`() {
        #expect(StickyText.message(pool: "a", id: [1]) == [0x61, 0, 1])
        #expect(StickyText.message(pool: "a", label: "b") == [0x61, 0, 0, 0x62])
    }

    @Test func `attributes are written as they are set`() {
        let usual = StickyText.setCookie(StickyCookie(name: "tg"), value: Array("v".utf8), isSecure: false)
        #expect(text(usual) == "tg=v; Path=/; HttpOnly; SameSite=Lax")
        let other = StickyCookie(
            name: "tg", path: "/chat", domain: "example.com", maxAge: .milliseconds(90_500), isHTTPOnly: false, sameSite: .none)
        #expect(
            text(StickyText.setCookie(other, value: Array("v".utf8), isSecure: true))
                == "tg=v; Path=/chat; Domain=example.com; Max-Age=90; Secure; SameSite=None")
    }
}
