import Testing

@testable import Wire

@Suite struct IPAddressTests {
    @Test(
        arguments: [
            ("0.0.0.0", [0, 0, 0, 0]), ("127.0.0.1", [127, 0, 0, 1]), ("255.255.255.255", [255, 255, 255, 255]),
            ("192.0.2.10", [192, 0, 2, 10]),
        ] as [(String, [UInt8])])
    func `a dotted quad is read, and written as it was`(text: String, bytes: [UInt8]) throws {
        let address = try #require(IPAddress(text))
        #expect(address.bytes == bytes)
        #expect(address.isIPv4)
        #expect(address.description == text)
        #expect(IPAddress(bytes: bytes) == address)
    }

    @Test(arguments: [
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ])
    func `an IPv6 address is written as RFC 5952 says`(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!address.isIPv4)
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
        #expect(address.bytes.count == 16)
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", " ", "1", "127.1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.0.0.1", "1.2.3.999", "01.2.3.4",
        "1.2.3.00", "1.2.3.4 ", "+1.2.3.4", "0x7f.0.0.1", "2130706433", "1.2.3.4:80", "1.2.3.4/8",
    ])
    func `what is no IPv4 address to every reader is refused`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ":", ":::", "::1::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
        ":1::2", "1::2:", "12345::", "g::", "fe80::1%eth0", "[::1]", "::1/128", "1.2.3.4::", "::1.2.3", "::1.2.3.256",
        "::01.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::ffff:1.2.3.4:5", ":: 1",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:1",
    ])
    func `what is no IPv6 address is refused`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `an IPv4-mapped address is the IPv4 address`() {
        #expect(IPAddress("::ffff:192.0.2.1") == IPAddress("192.0.2.1"))
        #expect(IPAddress("::ffff:c000:201")?.description == "192.0.2.1")
        #expect(Set([IPAddress("::FFFF:127.0.0.1"), IPAddress("127.0.0.1")]).count == 1)
        // The deprecated compatible form (RFC 4291 2.5.5.1) is another address.
        #expect(IPAddress("::192.0.2.1") != IPAddress("192.0.2.1"))
    }

    @Test func `bytes of another count are no address`() {
        for count in [0, 1, 3, 5, 15, 17] {
            #expect(IPAddress(bytes: [UInt8](repeating: 1, count: count)) == nil)
        }
    }

    @Test func `loopback is 127 slash 8 and colon colon one`() {
        for text in ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"] {
            #expect(IPAddress(text)?.isLoopback == true)
        }
        for text in ["128.0.0.1", "0.0.0.0", "::", "::2", "1::1", "10.0.0.1"] {
            #expect(IPAddress(text)?.isLoopback == false)
        }
    }

    @Test func `the unspecified address is told from all others`() {
        #expect(IPAddress("0.0.0.0")?.isUnspecified == true)
        #expect(IPAddress("::")?.isUnspecified == true)
        #expect(IPAddress("0.0.0.1")?.isUnspecified == false)
        #expect(IPAddress("::1")?.isUnspecified == false)
    }
}
