/// One part of what a pool with `balance: hash` looks at in a request.
public enum HashKeyPart: Sendable, Hashable, CustomStringConvertible {
    /// The client's address; of IPv6 the first 64 bits, as one household or host has all addresses below.
    case address
    /// The host that the request is for, without its port.
    case host
    /// A field of the request's head, by its name in lower case: a token (RFC 9110 5.1).
    case header(String)
    /// A cookie, by its name: a token (RFC 6265 4.1.1), case kept.
    case cookie(String)
    /// A parameter of the query, by its name: visible ASCII without `&`, `=`, `#`, `%` and `+`, case kept.
    case query(String)
    /// A segment of the path, 1...64: 1 is the first.
    case path(Int)
    /// The first subprotocol that is offered.
    case subprotocol

    /// As it is written in a configuration.
    public var description: String {
        switch self {
        case .address: "address"
        case .host: "host"
        case .header(let name): "header.\(name)"
        case .cookie(let name): "cookie.\(name)"
        case .query(let name): "query.\(name)"
        case .path(let number): "path.\(number)"
        case .subprotocol: "subprotocol"
        }
    }
}
