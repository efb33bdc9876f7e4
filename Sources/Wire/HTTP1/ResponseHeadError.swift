/// Why a backend's response head is refused. The client gets a 502 and the backend's connection is closed.
public enum ResponseHeadError: Error, Sendable, Equatable, CaseIterable {
    /// Not `HTTP/1.x SP status [SP reason]`, or a status outside 100 to 599 (RFC 9112 4, RFC 9110 15).
    case badStatusLine
    case unsupportedVersion
    case badLineEnd
    case foldedHeader
    case badHeaderName
    case badHeaderValue
    case tooManyHeaders
    case headTooLarge
    case badContentLength
    /// Malformed, or a coding this proxy does not know: the end of the body would be a guess.
    case badTransferEncoding
    case bothLengthAndEncoding

    /// Always 502.
    public var status: UInt16 { 502 }

    /// A label out of this closed set, for logs and metrics.
    public var reason: StaticString {
        switch self {
        case .badStatusLine: "backend_bad_status_line"
        case .unsupportedVersion: "backend_unsupported_version"
        case .badLineEnd: "backend_bad_line_end"
        case .foldedHeader: "backend_folded_header"
        case .badHeaderName: "backend_bad_header_name"
        case .badHeaderValue: "backend_bad_header_value"
        case .tooManyHeaders: "backend_too_many_headers"
        case .headTooLarge: "backend_head_too_large"
        case .badContentLength: "backend_bad_content_length"
        case .badTransferEncoding: "backend_bad_transfer_encoding"
        case .bothLengthAndEncoding: "backend_length_and_encoding"
        }
    }

    init(_ error: FieldError) {
        self =
            switch error {
            case .badLineEnd: .badLineEnd
            case .folded: .foldedHeader
            case .badName: .badHeaderName
            case .badValue: .badHeaderValue
            case .tooMany: .tooManyHeaders
            }
    }

    init(_ error: FramingError) {
        self =
            switch error {
            case .badContentLength: .badContentLength
            case .badTransferEncoding, .unsupportedTransferEncoding: .badTransferEncoding
            case .bothLengthAndEncoding: .bothLengthAndEncoding
            }
    }
}
