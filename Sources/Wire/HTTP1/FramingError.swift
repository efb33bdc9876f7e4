/// Framing fields that cannot be trusted. There is no repair: guessing a length is how requests are smuggled (RFC 9112 11.2).
enum FramingError: Error {
    /// Not one plain decimal number up to 2^63 - 1, or more than one of them, even if equal.
    case badContentLength
    /// Repeated, malformed, `chunked` not alone and last, or sent in HTTP/1.0.
    case badTransferEncoding
    /// A well-formed coding this proxy does not decode.
    case unsupportedTransferEncoding
    /// Both `Content-Length` and `Transfer-Encoding`.
    case bothLengthAndEncoding
}
