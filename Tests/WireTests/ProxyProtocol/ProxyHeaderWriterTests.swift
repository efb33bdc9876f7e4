import Testing
import Wire

@Suite("PROXY headers that we write")
struct ProxyHeaderWriterTests {
    @Test("a line is written as the protocol spells it")
    func lines() throws {
        let v4 = ProxyHeaderWriter.v1(
            source: try endpoint("192.0.2.1", 56324), destination: try endpoint("198.51.100.7", 443))
        #expect(String(decoding: v4, as: UTF8.self) == "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n")
        let v6 = ProxyHeaderWriter.v1(source: try endpoint("2001:db8:0::1", 1), destination: try endpoint("::1", 65535))
        #expect(String(decoding: v6, as: UTF8.self) == "PROXY TCP6 2001:db8::1 ::1 1 65535\r\n")
        let mapped = ProxyHeaderWriter.v1(source: try endpoint("::ffff:192.0.2.1", 1), destination: try endpoint("192.0.2.2", 2))
        #expect(String(decoding: mapped, as: UTF8.self) == "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n")
    }

    @Test("the binary form has its bytes in network order")
    func binary() throws {
        let bytes = ProxyHeaderWriter.v2(
            source: try endpoint("192.0.2.1", 56324), destination: try endpoint("198.51.100.7", 443))
        #expect(
            bytes == [
                0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x11, 0x00, 0x0C,
                192, 0, 2, 1, 198, 51, 100, 7, 0xDC, 0x04, 0x01, 0xBB,
            ])
    }

    @Test("what is written is read back as the same two ends, in both versions")
    func roundTrip() throws {
        for (source, destination) in [
            ("192.0.2.1", "198.51.100.7"), ("2001:db8::1", "::1"), ("0.0.0.0", "255.255.255.255"),
            ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ] {
            for port in [0, 1, 443, 65535] as [UInt16] {
                let (source, destination) = (try endpoint(source, port), try endpoint(destination, 65535 - port))
                for bytes in [
                    ProxyHeaderWriter.v1(source: source, destination: destination),
                    ProxyHeaderWriter.v2(source: source, destination: destination),
                ] {
                    let header = ProxyHeader(source: source, destination: destination, length: bytes.count)
                    #expect(readProxy(bytes).outcome == .header(header))
                }
            }
        }
    }

    @Test("a missing end, or two families, are written as nobody")
    func nobody() throws {
        let v4 = try endpoint("192.0.2.1", 1)
        let v6 = try endpoint("2001:db8::1", 1)
        let pairs: [(Endpoint?, Endpoint?)] = [(nil, nil), (v4, nil), (nil, v6), (v4, v6), (v6, v4)]
        for (source, destination) in pairs {
            let line = ProxyHeaderWriter.v1(source: source, destination: destination)
            #expect(String(decoding: line, as: UTF8.self) == "PROXY UNKNOWN\r\n")
            let binary = ProxyHeaderWriter.v2(source: source, destination: destination)
            #expect(binary.suffix(4) == [0x20, 0x00, 0x00, 0x00])
            #expect(readProxy(binary).outcome == .header(ProxyHeader(source: nil, destination: nil, length: 16)))
        }
    }
}
