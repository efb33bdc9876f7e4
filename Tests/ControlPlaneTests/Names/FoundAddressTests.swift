import Support
import Testing
import Wire

@testable import ControlPlane

@Suite struct FoundAddressTests {
    private func mixed(_ number: Int) -> FoundAddress {
        let address = ip(number % 3 == 0 ? "2001:db8::\(number % 40)" : "10.0.0.\(number % 50 + 1)")
        var service: ServiceRecord?
        if number % 2 == 0 {
            service = ServiceRecord(
                priority: UInt16(number % 3), weight: UInt16(number % 5), port: UInt16(80 + number % 4), target: "t\(number % 7)")
        }
        return FoundAddress(address, ttl: UInt32(number), service: service)
    }

    @Test func `the order depends on the set alone`() {
        var random = SeededRandom(seed: 7)
        let set = (0..<200).map { mixed($0) }
        let expected = FoundAddress.arranged(set)
        for _ in 0..<20 { #expect(FoundAddress.arranged(set.shuffled(using: &random)) == expected) }
        let places = expected.map { $0.place }
        #expect(Set(places).count == places.count && Set(places) == Set(set.map { $0.place }))
        #expect(FoundAddress.arranged(expected) == expected)
    }

    @Test func `of one address with two TTLs the shorter stays`() {
        let found = [9, 4, 30].map { FoundAddress(ip("192.0.2.1"), ttl: $0) }
        #expect(FoundAddress.arranged(found).map(\.ttl) == [4])
    }

    @Test func `addresses are ordered as numbers, IPv4 first`() {
        let found = ["::1", "192.0.2.10", "192.0.2.9", "2001:db8::1"].map { FoundAddress(ip($0), ttl: 1) }
        #expect(FoundAddress.arranged(found).map { "\($0.address)" } == ["192.0.2.9", "192.0.2.10", "::1", "2001:db8::1"])
    }

    @Test(arguments: [
        ("192.0.2.1", true), ("127.0.0.1", true), ("::1", true), ("fd00::1", true), ("fec0::1", true), ("0.0.0.0", false), ("::", false),
        ("255.255.255.255", false), ("224.0.0.1", false), ("239.255.255.255", false), ("240.0.0.1", true), ("ff02::1", false),
        ("fe80::1", false), ("febf::1", false), ("::ffff:0.0.0.0", false), ("::ffff:192.0.2.1", true),
    ])
    func `what no connection can lead to is known`(text: String, isDialable: Bool) { #expect(ip(text).isDialable == isDialable) }
}
