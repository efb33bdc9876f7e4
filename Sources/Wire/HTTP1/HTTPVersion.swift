/// The versions whose rules this proxy knows (RFC 9112 2.3).
///
/// A higher minor version of HTTP/1 is read as 1.1, as RFC 9110 2.5 asks.
public enum HTTPVersion: Sendable, Equatable {
    case http10
    case http11

    /// Why a version was not taken.
    enum Refusal: Error {
        /// Not of the form `HTTP/DIGIT.DIGIT`, upper case.
        case malformed
        /// Well formed, but another major version.
        case unsupported
    }

    /// Reads the eight bytes of `HTTP-version`; the name is case-sensitive and each number is one digit.
    init(_ bytes: Span<UInt8>) throws(Refusal) {
        let name: [5 of UInt8] = [0x48, 0x54, 0x54, 0x50, 0x2F]
        guard bytes.count == 8 else { throw .malformed }
        for index in name.indices where bytes[index] != name[index] { throw .malformed }
        let (major, minor) = (bytes[5], bytes[7])
        guard ASCII.isDigit(major), bytes[6] == ASCII.dot, ASCII.isDigit(minor) else { throw .malformed }
        guard major == 0x31 else { throw .unsupported }
        self = minor == 0x30 ? .http10 : .http11
    }
}
