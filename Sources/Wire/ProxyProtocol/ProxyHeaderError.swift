/// Why the beginning of a connection is no PROXY header. There is no answer: the connection is closed at once (section 2).
public enum ProxyHeaderError: Error, Sendable, Equatable, CaseIterable {
    /// Neither `PROXY ` nor the signature of version 2: an ordinary client, or foreign bytes.
    case notProxy
    /// A line without CR LF in its first 107 bytes, or a binary header that announces more than 4096 bytes.
    case tooLong
    /// A bare CR or a bare LF in the line.
    case badLineEnd
    /// Not TCP4, TCP6 or UNKNOWN; a family and protocol that version 2 does not define.
    case badFamily
    /// A family of datagrams: this connection is a stream.
    case datagram
    /// An address that is not one of the announced family, or a byte that no address has.
    case badAddress
    /// Not a decimal number of 0 to 65535 without leading zeros, or more behind it.
    case badPort
    /// The binary signature with a version other than 2.
    case unsupportedVersion
    /// Neither LOCAL nor PROXY.
    case badCommand
    /// Fewer bytes announced than the addresses of the family take.
    case badLength
    /// A type-length-value that does not fit into the header, or more than one checksum, or one that is not 4 bytes.
    case badTLV
    case badChecksum

    /// A label out of this closed set, for logs and metrics.
    public var reason: StaticString {
        switch self {
        case .notProxy: "proxy_header_missing"
        case .tooLong: "proxy_header_too_long"
        case .badLineEnd: "proxy_header_bad_line_end"
        case .badFamily: "proxy_header_bad_family"
        case .datagram: "proxy_header_datagram"
        case .badAddress: "proxy_header_bad_address"
        case .badPort: "proxy_header_bad_port"
        case .unsupportedVersion: "proxy_header_unsupported_version"
        case .badCommand: "proxy_header_bad_command"
        case .badLength: "proxy_header_bad_length"
        case .badTLV: "proxy_header_bad_tlv"
        case .badChecksum: "proxy_header_bad_checksum"
        }
    }
}
