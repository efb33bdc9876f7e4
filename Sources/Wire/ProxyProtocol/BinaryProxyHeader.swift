/// Version 2: a signature of 12 bytes, version and command, family and protocol, a length, addresses, and
/// type-length-values (section 2.2). Numbers are in network order.
enum BinaryProxyHeader {
    /// The 12 bytes that begin the header.
    static let signature: [12 of UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    /// Bytes up to and with the length.
    static let fixedLength = 16
    /// The largest length that is taken. Nothing that we know sends a tenth of it.
    static let maxAnnounced = 4096

    static let local: UInt8 = 0x20
    static let proxy: UInt8 = 0x21
    static let unspecified: UInt8 = 0x00
    static let tcp4: UInt8 = 0x11
    static let tcp6: UInt8 = 0x21
    static let unixStream: UInt8 = 0x31

    /// Refuses at the first wrong byte of the first 16; what follows is read when it is all here.
    static func parse(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> ProxyHeader? {
        for index in 0..<min(bytes.count, signature.count) where bytes[index] != signature[index] { throw .notProxy }
        guard bytes.count > 12 else { return nil }
        guard bytes[12] >> 4 == 2 else { throw .unsupportedVersion }
        guard bytes[12] == local || bytes[12] == proxy else { throw .badCommand }
        let isLocal = bytes[12] == local
        guard bytes.count > 13 else { return nil }
        // A LOCAL header's block is skipped whole, its family is ignored.
        let addresses = isLocal ? 0 : try addressLength(bytes[13])
        guard bytes.count >= fixedLength else { return nil }
        let announced = number16(bytes, at: 14)
        guard announced <= maxAnnounced else { throw .tooLong }
        guard announced >= addresses else { throw .badLength }
        let length = fixedLength &+ announced
        guard bytes.count >= length else { return nil }
        let header = bytes.extracting(0..<length)
        // Where the addresses end is only known of a family that has some; else all is skipped.
        guard addresses > 0 else { return ProxyHeader(source: nil, destination: nil, length: length) }
        try verify(header, from: fixedLength &+ addresses)
        return read(header, family: bytes[13])
    }

    /// Bytes that the two addresses, and ports, of a family take.
    private static func addressLength(_ family: UInt8) throws(ProxyHeaderError) -> Int {
        switch family {
        case unspecified: 0
        case tcp4: 12
        case tcp6: 36
        case unixStream: 216
        case 0x12, 0x22, 0x32: throw .datagram
        default: throw .badFamily
        }
    }

    private static func read(_ header: Span<UInt8>, family: UInt8) -> ProxyHeader {
        let width = family == tcp4 ? 4 : 16
        guard family == tcp4 || family == tcp6,
            let source = IPAddress(bytes: header.extracting(16..<(16 &+ width)).copied()),
            let destination = IPAddress(bytes: header.extracting((16 &+ width)..<(16 &+ 2 &* width)).copied())
        else { return ProxyHeader(source: nil, destination: nil, length: header.count) }
        let ports = 16 &+ 2 &* width
        return ProxyHeader(
            source: Endpoint(ip: source, port: UInt16(truncatingIfNeeded: number16(header, at: ports))),
            destination: Endpoint(ip: destination, port: UInt16(truncatingIfNeeded: number16(header, at: ports &+ 2))),
            length: header.count)
    }

    /// Walks over the type-length-values, which must fill the header exactly, and verifies the checksum if one is there.
    private static func verify(_ header: Span<UInt8>, from start: Int) throws(ProxyHeaderError) {
        var index = start
        var checksum: Int?
        while index < header.count {
            guard header.count &- index >= 3 else { throw .badTLV }
            let value = index &+ 3
            let length = number16(header, at: index &+ 1)
            guard header.count &- value >= length else { throw .badTLV }
            if header[index] == checksumType {
                guard checksum == nil, length == 4 else { throw .badTLV }
                checksum = value
            }
            index = value &+ length
        }
        guard let checksum else { return }
        let stated = UInt32(number16(header, at: checksum)) << 16 | UInt32(number16(header, at: checksum &+ 2))
        guard CRC32C.checksum(of: header, zeroing: checksum..<(checksum &+ 4)) == stated else { throw .badChecksum }
    }

    /// PP2_TYPE_CRC32C, section 2.2.3.
    private static let checksumType: UInt8 = 0x03

    /// The caller has seen that both bytes are there.
    private static func number16(_ bytes: Span<UInt8>, at index: Int) -> Int {
        Int(bytes[index]) << 8 | Int(bytes[index &+ 1])
    }
}
