import Testing

@testable import Wire

@Suite("PROXY protocol, version 2")
struct BinaryProxyHeaderTests {
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let tcp4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 7, 0xDC, 0x04, 0x01, 0xBB]

    /// The header of 16 bytes and its block, with the right length unless another is asked for.
    private func header(_ command: UInt8, _ family: UInt8, _ block: [UInt8], length: Int? = nil) -> [UInt8] {
        let length = length ?? block.count
        return Self.signature + [command, family, UInt8(length >> 8), UInt8(length & 0xFF)] + block
    }

    private func value(_ type: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [type, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
    }

    @Test("TCP over IPv4 and IPv6 name both ends, and the connection's data follows")
    func endpoints() throws {
        let v4 = readProxy(header(0x21, 0x11, Self.tcp4) + Array("GET /".utf8))
        #expect(
            v4.outcome
                == .header(
                    ProxyHeader(
                        source: try endpoint("192.0.2.1", 56324), destination: try endpoint("198.51.100.7", 443), length: 28)))
        #expect(v4.bytes == 28)
        let source: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
        let destination = [UInt8](repeating: 0, count: 15) + [1]
        let v6 = readProxy(header(0x21, 0x21, source + destination + [0xFF, 0xFF, 0, 0]) + [0x16])
        #expect(
            v6.outcome
                == .header(
                    ProxyHeader(source: try endpoint("2001:db8::1", 65535), destination: try endpoint("::1", 0), length: 52)))
        #expect(v6.bytes == 52)
    }

    @Test(
        "LOCAL, unspecified and Unix connections name nobody",
        arguments: [(0x20, 0x00, 0), (0x20, 0x11, 12), (0x20, 0xFF, 7), (0x21, 0x00, 0), (0x21, 0x00, 5), (0x21, 0x31, 216)]
            as [(UInt8, UInt8, Int)])
    func nobody(command: UInt8, family: UInt8, length: Int) {
        let read = readProxy(header(command, family, [UInt8](repeating: 0x11, count: length)) + [1, 2, 3])
        #expect(read.outcome == .header(ProxyHeader(source: nil, destination: nil, length: 16 + length)))
        #expect(read.bytes == 16 + length)
    }

    @Test("every wrong byte of the signature is refused where it stands")
    func signature() {
        for index in 0..<12 {
            var bytes = header(0x21, 0x11, Self.tcp4)
            bytes[index] ^= 0x80
            let read = readProxy(bytes)
            #expect(read.outcome == .refused(.notProxy))
            #expect(read.bytes == index + 1)
        }
    }

    @Test(
        "another version or command is refused at the 13th byte",
        arguments: [
            (0x11, .unsupportedVersion), (0x01, .unsupportedVersion), (0x31, .unsupportedVersion), (0x22, .badCommand),
            (0x2F, .badCommand),
        ] as [(UInt8, ProxyHeaderError)])
    func commands(command: UInt8, error: ProxyHeaderError) {
        let read = readProxy(header(command, 0x11, Self.tcp4))
        #expect(read.outcome == .refused(error))
        #expect(read.bytes == 13)
    }

    @Test("every family but the defined streams is refused at the 14th byte, datagrams by their name")
    func families() {
        for family in UInt8.min...UInt8.max where ![0x00, 0x11, 0x21, 0x31].contains(family) {
            let read = readProxy(header(0x21, family, [UInt8](repeating: 0, count: 216)))
            #expect(read.outcome == .refused([0x12, 0x22, 0x32].contains(family) ? .datagram : .badFamily))
            #expect(read.bytes == 14)
        }
    }

    @Test("a length below the family's, or past 4096, is refused at the 16th byte")
    func lengths() {
        for (family, needed) in [(0x11, 12), (0x21, 36), (0x31, 216)] as [(UInt8, Int)] {
            let read = readProxy(header(0x21, family, [UInt8](repeating: 0, count: 300), length: needed - 1))
            #expect(read.outcome == .refused(.badLength))
            #expect(read.bytes == 16)
        }
        for command in [0x20, 0x21] as [UInt8] {
            #expect(readProxy(header(command, 0x00, [], length: 4097)).outcome == .refused(.tooLong))
            #expect(readProxy(header(command, 0x00, [], length: 65535)).bytes == 16)
            #expect(readProxy(header(command, 0x00, [], length: 4096)).outcome == .incomplete)
        }
        let longest = header(0x20, 0x00, [UInt8](repeating: 7, count: 4096))
        #expect(longest.count == ProxyHeaderParser.maxLength)
        #expect(readProxy(longest).outcome.header?.length == longest.count)
    }

    @Test("type-length-values are passed over, whatever they are")
    func values() {
        let tail = value(0x01, Array("h2".utf8)) + value(0x04, []) + value(0xEA, [UInt8](repeating: 3, count: 300))
        let read = readProxy(header(0x21, 0x11, Self.tcp4 + tail))
        #expect(read.outcome.header?.source?.port == 56324)
        #expect(read.bytes == 16 + 12 + tail.count)
        let unix = readProxy(header(0x21, 0x31, [UInt8](repeating: 0, count: 216) + tail))
        #expect(unix.outcome.header?.length == 16 + 216 + tail.count)
    }

    @Test(
        "a type-length-value that does not fit is refused",
        arguments: [[0x04], [0x04, 0x00], [0x04, 0x00, 0x01], [0x04, 0xFF, 0xFF, 0], [0x04, 0, 0, 0x04]] as [[UInt8]])
    func badValues(tail: [UInt8]) {
        for block in [Self.tcp4, [UInt8](repeating: 0, count: 36), [UInt8](repeating: 0, count: 216)] {
            let family: UInt8 = block.count == 12 ? 0x11 : block.count == 36 ? 0x21 : 0x31
            #expect(readProxy(header(0x21, family, block + tail)).outcome == .refused(.badTLV))
        }
    }

    @Test("the checksum is the one of the well-known test vector")
    func checksum() {
        #expect(CRC32C.checksum(of: Array("123456789".utf8).span, zeroing: 0..<0) == 0xE306_9283)
        #expect(CRC32C.checksum(of: [UInt8](repeating: 0xFF, count: 32).span, zeroing: 0..<32) == 0x8A91_36AA)
    }

    @Test("a right checksum is taken, also between others; any flipped bit of the header is noticed")
    func checksums() throws {
        for (before, after) in [([], []), (value(0x04, [1, 2]), value(0x02, Array("a.example".utf8)))] as [([UInt8], [UInt8])] {
            var bytes = header(0x21, 0x11, Self.tcp4 + before + value(0x03, [0, 0, 0, 0]) + after)
            let place = 28 + before.count + 3
            let sum = CRC32C.checksum(of: bytes.span, zeroing: 0..<0)
            for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index)) }
            #expect(readProxy(bytes).outcome.header?.length == bytes.count)
            // Addresses, ports and the checksum itself: what stands before them is refused for other reasons.
            for index in Array(16..<28) + Array(place..<(place + 4)) {
                var changed = bytes
                changed[index] ^= 0x10
                #expect(readProxy(changed).outcome == .refused(.badChecksum), "byte \(index)")
            }
        }
    }

    @Test("a checksum of another size, or a second one, is refused")
    func oddChecksums() {
        #expect(readProxy(header(0x21, 0x11, Self.tcp4 + value(0x03, [0, 0, 0]))).outcome == .refused(.badTLV))
        #expect(readProxy(header(0x21, 0x11, Self.tcp4 + value(0x03, []))).outcome == .refused(.badTLV))
        let twice = value(0x03, [0, 0, 0, 0]) + value(0x03, [0, 0, 0, 0])
        #expect(readProxy(header(0x21, 0x11, Self.tcp4 + twice)).outcome == .refused(.badTLV))
    }

    @Test("every refusal has a label that no other has")
    func labels() {
        #expect(Set(ProxyHeaderError.allCases.map(\.reason.description)).count == ProxyHeaderError.allCases.count)
    }
}
