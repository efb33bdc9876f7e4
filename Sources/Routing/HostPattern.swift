/// Which hosts a route is for. Host names are compared without case, without a port and without a final dot.
public enum HostPattern: Hashable, Sendable {
    /// One host, lower case: `chat.example.com`, `192.0.2.1`, `[2001:db8::1]`.
    case exact(String)
    /// Every host one or more labels below the given one, lower case: `*.example.com` is `.suffix("example.com")`. The
    /// given host itself is not meant.
    case suffix(String)
    /// Every host, and requests without one.
    case any
}

extension HostPattern: CustomStringConvertible {
    /// The pattern as it is written in a configuration: `chat.example.com`, `*.example.com`, `*`.
    public var description: String {
        switch self {
        case .exact(let host): host
        case .suffix(let host): "*." + host
        case .any: "*"
        }
    }
}
