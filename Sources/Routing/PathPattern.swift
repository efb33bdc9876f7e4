/// Which paths a route is for, in the form in which request paths are routed: percent-escapes of unreserved characters
/// decoded, the hex digits of the others in upper case (RFC 3986 6.2.2.1 and 6.2.2.2), dot segments absent.
public enum PathPattern: Hashable, Sendable {
    /// One path, byte for byte: `/voice`.
    case exact([UInt8])
    /// A path and everything below it, on segment borders: `/ws/*` is `.prefix` of the bytes of `/ws` and matches `/ws`,
    /// `/ws/` and `/ws/a`, never `/wsx`. `/*` is the empty prefix and matches every path.
    case prefix([UInt8])
}

extension PathPattern: CustomStringConvertible {
    /// The pattern as it is written in a configuration, in its routed form: `/voice`, `/ws/*`.
    public var description: String {
        switch self {
        case .exact(let path): String(decoding: path, as: UTF8.self)
        case .prefix(let path): String(decoding: path, as: UTF8.self) + "/*"
        }
    }
}
