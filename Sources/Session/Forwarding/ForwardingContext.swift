/// What the proxy knows about a client and tells the backend.
public struct ForwardingContext: Sendable {
    /// How the client reached the proxy.
    public enum Scheme: Sendable, Equatable {
        case http, https

        var text: StaticString {
            switch self {
            case .http: "http"
            case .https: "https"
            }
        }
    }

    /// The peer's address as text without a port; empty when it has none (a Unix socket), and then no field tells it.
    public var clientAddress: [UInt8]
    /// Whether the peer is one of `trusted_proxies`: only then is anything it says about its own client believed.
    public var clientIsTrusted: Bool
    /// Of the listener; a trusted peer's `X-Forwarded-Proto` overrides it.
    public var scheme: Scheme
    /// Used unless a trusted peer brought its own.
    public var requestID: RequestID
    /// Sent as `X-Forwarded-Port` when given.
    public var listenerPort: UInt16?

    /// Who is behind a trusted peer, see `ForwardedClient`; nil when that is the peer itself, or unknown. Where it is known,
    /// it wins over the peer's `X-Real-IP`.
    public var realAddress: String?

    /// Refuses nothing: control bytes in the texts are left out when they are written.
    @inlinable
    public init(
        clientAddress: [UInt8], clientIsTrusted: Bool, scheme: Scheme, requestID: RequestID, listenerPort: UInt16? = nil,
        realAddress: String? = nil
    ) {
        self.realAddress = realAddress
        self.clientAddress = clientAddress
        self.clientIsTrusted = clientIsTrusted
        self.scheme = scheme
        self.requestID = requestID
        self.listenerPort = listenerPort
    }
}
