/// Why a chunked body cannot be followed to its end. From a client: 400; from a backend: its answer ends unfinished.
public enum ChunkedError: Error, Sendable, Equatable, CaseIterable {
    /// No hexadecimal digit, more than 16 of them, a value past 2^63 - 1, or anything else where the size should be.
    case badSize
    /// A chunk extension with a control byte, an unbalanced quote or a byte that is no token.
    case badExtension
    case extensionTooLong
    /// A bare CR or LF, or chunk data that is not followed by CR LF.
    case badLineEnd
    /// A malformed trailer line.
    case badTrailer
    /// A trailer that frames, routes or authenticates: it comes too late to be obeyed (RFC 9110 6.5.1).
    case forbiddenTrailer
    case trailersTooLarge

    /// A label out of this closed set, for logs and metrics.
    public var reason: StaticString {
        switch self {
        case .badSize: "bad_chunk_size"
        case .badExtension: "bad_chunk_extension"
        case .extensionTooLong: "chunk_extension_too_long"
        case .badLineEnd: "bad_chunk_line_end"
        case .badTrailer: "bad_trailer"
        case .forbiddenTrailer: "forbidden_trailer"
        case .trailersTooLarge: "trailers_too_large"
        }
    }
}
