/// Version 1: `PROXY SP family SP source SP destination SP source-port SP destination-port CRLF`, or `PROXY UNKNOWN` with
/// whatever behind it (section 2.1).
enum ProxyLine {
    /// `P`; the signature of version 2 begins otherwise.
    static let firstByte: UInt8 = 0x50
    /// Bytes of the longest line, CR LF included.
    static let maxLength = 107

    private enum Family {
        case tcp4, tcp6, unknown

        var name: StaticString {
            switch self {
            case .tcp4: "PROXY TCP4"
            case .tcp6: "PROXY TCP6"
            case .unknown: "PROXY UNKNOWN"
            }
        }
    }

    /// Looks at every byte in order, so that what is no header is refused at its first wrong byte.
    static func parse(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> ProxyHeader? {
        var family: Family?
        for index in 0..<min(bytes.count, maxLength) {
            let byte = bytes[index]
            if index > 0, bytes[index &- 1] == ASCII.carriageReturn {
                guard byte == ASCII.lineFeed else { throw .badLineEnd }
                return try read(bytes.extracting(0..<(index &- 1)), family)
            }
            if let family {
                try check(byte, behind: family)
            } else {
                family = try familyNamed(bytes, upTo: index)
            }
        }
        guard bytes.count < maxLength else { throw .tooLong }
        return nil
    }

    /// The family whose name ends right before the blank or CR at `index`; nil while a name is still being spelled.
    private static func familyNamed(_ bytes: Span<UInt8>, upTo index: Int) throws(ProxyHeaderError) -> Family? {
        let byte = bytes[index]
        for family in [Family.tcp4, .tcp6, .unknown] {
            let spelled = family.name.withUTF8Buffer { name in
                for place in 0..<min(index, name.count) where name[place] != bytes[place] { return false }
                return index >= name.count || name[index] == byte
            }
            guard spelled else { continue }
            guard index == family.name.utf8CodeUnitCount else { return nil }
            guard byte == ASCII.space || byte == ASCII.carriageReturn && family == .unknown else { throw .badFamily }
            return family
        }
        throw index < 6 ? .notProxy : .badFamily
    }

    /// Behind UNKNOWN anything but a bare LF is passed over; addresses and ports are made of few bytes.
    private static func check(_ byte: UInt8, behind family: Family) throws(ProxyHeaderError) {
        guard byte != ASCII.lineFeed else { throw .badLineEnd }
        guard family != .unknown, byte != ASCII.carriageReturn, byte != ASCII.space else { return }
        guard ASCII.hexValue(byte) != nil || byte == ASCII.dot || byte == ASCII.colon else { throw .badAddress }
    }

    private static func read(_ line: Span<UInt8>, _ family: Family?) throws(ProxyHeaderError) -> ProxyHeader {
        let length = line.count &+ 2
        guard let family else { throw .badFamily }
        guard family != .unknown else { return ProxyHeader(source: nil, destination: nil, length: length) }
        let parts = line.copied().split(separator: ASCII.space, omittingEmptySubsequences: false).dropFirst(2).map { $0 }
        guard parts.count >= 2, let source = address(parts[0], family), let destination = address(parts[1], family) else {
            throw .badAddress
        }
        guard parts.count == 4, let sourcePort = port(parts[2]), let destinationPort = port(parts[3]) else { throw .badPort }
        return ProxyHeader(
            source: Endpoint(ip: source, port: sourcePort), destination: Endpoint(ip: destination, port: destinationPort),
            length: length)
    }

    /// An IPv4-mapped address may stand in either family, spelled as the family spells.
    private static func address(_ text: ArraySlice<UInt8>, _ family: Family) -> IPAddress? {
        guard text.contains(ASCII.colon) == (family == .tcp6) else { return nil }
        return IPAddress(String(decoding: text, as: UTF8.self))
    }

    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard digits.count <= 5, digits.count == 1 || digits.first != 0x30, let value = BodyFraming.decimal(digits.span) else {
            return nil
        }
        return UInt16(exactly: value)
    }
}
