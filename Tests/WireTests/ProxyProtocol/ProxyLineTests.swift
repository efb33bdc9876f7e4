import Testing
import Wire

@Suite("PROXY protocol, version 1")
struct ProxyLineTests {
    @Test(
        "a line names both ends of a connection, and ends before the first byte of its data",
        arguments: [
            ("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n", "192.0.2.1", 56324, "198.51.100.7", 443),
            ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255", 65535, "255.255.255.255", 65535),
            ("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0", 0, "0.0.0.0", 0),
            ("PROXY TCP6 2001:db8::1 ::1 1 2\r\n", "2001:db8::1", 1, "::1", 2),
            ("PROXY TCP6 2001:DB8:0:0:0:0:0:1 :: 1 2\r\n", "2001:db8::1", 1, "::", 2),
            ("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:192.0.2.2 1 2\r\n", "192.0.2.1", 1, "192.0.2.2", 2),
        ] as [(String, String, UInt16, String, UInt16)])
    func endpoints(line: String, source: String, sourcePort: UInt16, destination: String, destinationPort: UInt16) throws {
        let header = ProxyHeader(
            source: try endpoint(source, sourcePort), destination: try endpoint(destination, destinationPort),
            length: line.utf8.count)
        let read = readProxy(line + "GET / HTTP/1.1\r\n\r\n")
        #expect(read.outcome == .header(header))
        #expect(read.bytes == line.utf8.count)
    }

    @Test(
        "UNKNOWN is taken with whatever stands behind it, and names nobody",
        arguments: [
            "PROXY UNKNOWN\r\n", "PROXY UNKNOWN \r\n", "PROXY UNKNOWN 192.0.2.1 x \u{0}\u{E9} 1\r\n",
            "PROXY UNKNOWN " + String(repeating: "f", count: 91) + "\r\n",
        ])
    func unknown(line: String) {
        let read = readProxy(line + "PROXY")
        #expect(read.outcome == .header(ProxyHeader(source: nil, destination: nil, length: line.utf8.count)))
        #expect(read.bytes == line.utf8.count)
    }

    @Test(
        "H45: what is no header is refused at its first wrong byte",
        arguments: [
            ("GET / HTTP/1.1\r\n", 1), ("POST / HTTP/1.1\r\n", 2), ("PROXX", 5), ("proxy TCP4", 1), ("PROXY\t", 6),
            ("PROXY\r\n", 6), (" PROXY", 1), ("\u{16}\u{3}\u{1}", 1), ("SSH-2.0", 1), ("\r\nPROXY", 3), ("PUT / HTTP/1.1", 2),
        ])
    func foreign(text: String, bytes: Int) {
        let read = readProxy(text)
        #expect(read.outcome == .refused(.notProxy))
        #expect(read.bytes == bytes)
    }

    @Test(
        "a family other than TCP4, TCP6 and UNKNOWN is refused at once",
        arguments: [
            ("PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n", 8), ("PROXY TCP5", 10), ("PROXY TCP44 ", 11), ("PROXY TCP\r", 10),
            ("PROXY TCP4\r\n", 11), ("PROXY  TCP4", 7), ("PROXY \r\n", 7), ("PROXY UNKNOWNS", 14), ("PROXY UNKNOWN\n", 14),
            ("PROXY unknown", 7), ("PROXY UNIX", 9),
        ])
    func families(text: String, bytes: Int) {
        let read = readProxy(text)
        #expect(read.outcome == .refused(.badFamily))
        #expect(read.bytes == bytes)
    }

    @Test(
        "an address that is not one of its family is refused",
        arguments: [
            "TCP4 ::1 ::1 1 2", "TCP6 192.0.2.1 192.0.2.1 1 2", "TCP4 192.0.2.1 ::1 1 2", "TCP4 192.0.2.01 192.0.2.1 1 2",
            "TCP4 192.0.2.256 192.0.2.1 1 2", "TCP4 192.0.2 192.0.2.1 1 2", "TCP4  192.0.2.1 192.0.2.1 1 2", "TCP4 ",
            "TCP4 192.0.2.1", "TCP4 192.0.2.1 ", "TCP6 1:2:3:4:5:6:7 ::1 1 2", "TCP6 ::1::2 ::1 1 2", "TCP6 12345::1 ::1 1 2",
            "TCP6 fe80::1%eth0", "TCP4 192.0.2.1\t192.0.2.1 1 2", "TCP4 a.example b.example 1 2", "TCP6 [::1] [::1] 1 2",
            "TCP4 192.0.2.1 192.0.2.1 1 2\u{0}", "TCP4 192.0.2.1 192.0.2.1 +1 2", "TCP4 192.0.2.1 192.0.2.1 -1 2",
        ])
    func addresses(rest: String) {
        #expect(readProxy("PROXY \(rest)\r\n").outcome == .refused(.badAddress))
    }

    @Test(
        "a port is 0 to 65535 without leading zeros, and nothing follows the second",
        arguments: [
            "1 65536", "01 2", "1 00", "1", "1 ", " 1 2", "1  2", "1 2 ", "1 2 3", "a 2", "1 1.2", "99999999999999999999 1",
        ])
    func ports(rest: String) {
        #expect(readProxy("PROXY TCP4 192.0.2.1 192.0.2.2 \(rest)\r\n").outcome == .refused(.badPort))
    }

    @Test(
        "only CR LF ends a line",
        arguments: [
            "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\rX",
            "PROXY TCP4 192.0.2.1\r 192.0.2.2 1 2\r\n", "PROXY UNKNOWN x\n", "PROXY UNKNOWN\rx\r\n", "PROXY UNKNOWN x\r\r\n",
        ])
    func lineEnds(text: String) {
        #expect(readProxy(text).outcome == .refused(.badLineEnd))
    }

    @Test("a line of 107 bytes is taken; one that does not end in 107 is refused at its 107th")
    func lengths() {
        let fits = "PROXY UNKNOWN " + String(repeating: "x", count: 91) + "\r\n"
        #expect(fits.utf8.count == 107)
        #expect(readProxy(fits).outcome.header?.length == 107)
        for filler in ["x", "1"] {
            let start = filler == "x" ? "PROXY UNKNOWN " : "PROXY TCP4 "
            let read = readProxy(start + String(repeating: filler, count: 200) + "\r\n")
            #expect(read.outcome == .refused(.tooLong))
            #expect(read.bytes == 107)
        }
    }

    @Test("no outcome comes before the line is whole")
    func incomplete() {
        let line = "PROXY TCP6 2001:db8::1 2001:db8::2 65535 65535\r\n"
        for end in 0..<line.utf8.count {
            #expect(readProxy(Array(line.utf8.prefix(end))).outcome == .incomplete)
        }
        #expect(readProxy("").outcome == .incomplete)
    }
}
