/// Why a request head is refused. Every case has one answer, after which the connection is closed: bytes behind a head
/// that could not be read have no meaning (RFC 9112 2.2, 9.3).
public enum RequestHeadError: Error, Sendable, Equatable, CaseIterable {
    /// Not `method SP target SP version`; also HTTP/0.9, TLS or other foreign bytes, and a second leading empty line.
    case badRequestLine
    /// A method longer than any that is known.
    case methodTooLong
    /// Neither a path, nor an absolute http(s) target, nor `*` with OPTIONS.
    case badTarget
    /// A path that `PathNormalizer` refuses.
    case badPath
    case targetTooLong
    /// `CONNECT`: this proxy opens no tunnels to places of the client's choice.
    case connect
    case badVersion
    /// A well-formed version of another major number.
    case unsupportedVersion
    /// A bare CR or LF.
    case badLineEnd
    /// A line that begins with a blank (obs-fold).
    case foldedHeader
    case badHeaderName
    case badHeaderValue
    case tooManyHeaders
    case headTooLarge
    /// No `Host`, more than one, or one that names no host.
    case badHost
    /// An absolute target and a `Host` that disagree.
    case hostMismatch
    case badContentLength
    case badTransferEncoding
    case unsupportedTransferEncoding
    /// `Content-Length` beside `Transfer-Encoding`.
    case bothLengthAndEncoding
    /// An expectation other than `100-continue` (RFC 9110 10.1.1).
    case unsupportedExpectation

    /// The status of the answer.
    public var status: UInt16 {
        switch self {
        case .connect: 405
        case .targetTooLong: 414
        case .unsupportedExpectation: 417
        case .tooManyHeaders, .headTooLarge: 431
        case .methodTooLong, .unsupportedTransferEncoding: 501
        case .unsupportedVersion: 505
        case .badRequestLine, .badTarget, .badPath, .badVersion, .badLineEnd, .foldedHeader, .badHeaderName,
            .badHeaderValue, .badHost, .hostMismatch, .badContentLength, .badTransferEncoding, .bothLengthAndEncoding:
            400
        }
    }

    /// A label out of this closed set, for logs and metrics.
    public var reason: StaticString {
        switch self {
        case .badRequestLine: "bad_request_line"
        case .methodTooLong: "method_too_long"
        case .badTarget: "bad_target"
        case .badPath: "bad_path"
        case .targetTooLong: "target_too_long"
        case .connect: "connect_refused"
        case .badVersion: "bad_version"
        case .unsupportedVersion: "unsupported_version"
        case .badLineEnd: "bad_line_end"
        case .foldedHeader: "folded_header"
        case .badHeaderName: "bad_header_name"
        case .badHeaderValue: "bad_header_value"
        case .tooManyHeaders: "too_many_headers"
        case .headTooLarge: "head_too_large"
        case .badHost: "bad_host"
        case .hostMismatch: "host_mismatch"
        case .badContentLength: "bad_content_length"
        case .badTransferEncoding: "bad_transfer_encoding"
        case .unsupportedTransferEncoding: "unsupported_transfer_encoding"
        case .bothLengthAndEncoding: "length_and_encoding"
        case .unsupportedExpectation: "unsupported_expectation"
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
            case .badTransferEncoding: .badTransferEncoding
            case .unsupportedTransferEncoding: .unsupportedTransferEncoding
            case .bothLengthAndEncoding: .bothLengthAndEncoding
            }
    }
}
