import Testing

@testable import Wire

@Suite struct CIDRTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "255.1.2.3", true),
        ("192.0.2.128/25", "192.0.2.127", false), ("192.0.2.128/25", "192.0.2.128", true),
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("192.0.2.1/32", "192.0.2.0", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8:0:1::/64", "2001:db8::1", false),
        ("2001:db8::/32", "2001:db9::", false),
        ("2001:db8:0:0:8000::/65", "2001:db8::8000:0:0:1", true), ("2001:db8:0:0:8000::/65", "2001:db8::1", false),
        ("::1", "::1", true), ("::1", "::2", false), ("::/0", "ffff::", true), ("fd00::/8", "fd12::1", true),
    ])
    func `a block holds the addresses that share its prefix`(block: String, address: String, isInside: Bool) throws {
        let cidr = try #require(CIDR(block))
        #expect(cidr.contains(try #require(IPAddress(address))) == isInside)
    }

    @Test func `a block holds no address of the other family`() throws {
        #expect(try !#require(CIDR("::/0")).contains(#require(IPAddress("192.0.2.1"))))
        #expect(try !#require(CIDR("0.0.0.0/0")).contains(#require(IPAddress("2001:db8::1"))))
    }

    @Test func `a rule for IPv4 holds for the mapped spelling of a dual-stack socket`() throws {
        let cidr = try #require(CIDR("10.0.0.0/8"))
        #expect(cidr.contains(try #require(IPAddress("::ffff:10.1.2.3"))))
        #expect(CIDR("::ffff:10.0.0.0/104") == cidr)
    }

    @Test(arguments: [
        "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0/8", "/8", "",
        "10.0.0.0/ 8", "10.0.0.0/+8", "2001:db8::1/64", "::/129", "::/1000", "::ffff:0:0/90", "::ffff:10.0.0.0/8",
        "host/8", "10.0.0.0/a", "10.0.0.0/99999999999999999999",
    ])
    func `what is no block is refused, set host bits among it`(text: String) {
        #expect(CIDR(text) == nil)
    }

    @Test func `a block is written with its length`() {
        #expect(CIDR("10.0.0.0/8")?.description == "10.0.0.0/8")
        #expect(CIDR("::1")?.description == "::1/128")
    }
}
