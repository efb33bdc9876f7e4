/// What a request asks for (RFC 9112 3.2), in the one form that is routed AND sent to the backend.
public struct Target: Sendable, Equatable {
    /// How the client wrote it.
    public enum Form: Sendable, Equatable {
        /// `/path?query`
        case origin
        /// `http://host/path?query` or the same with `https`; scheme and host have been compared with `Host`.
        case absolute
        /// `*`, of OPTIONS only.
        case asterisk
    }

    /// Once read, only `asterisk` still makes a difference.
    public let form: Form
    /// The normalised path (see `PathNormalizer`): begins with `/`, or is `*`.
    public let path: [UInt8]
    /// What follows the first `?`, byte for byte; nil without a `?`, empty after a lone one.
    public let query: [UInt8]?
    /// Host and port of an absolute target.
    let authority: Authority?
    /// The port that an absolute target's scheme stands for.
    let defaultPort: UInt16?

    /// Path and query as they go into a request line.
    public var originForm: [UInt8] {
        guard let query else { return path }
        return path + [ASCII.question] + query
    }
}
