import TLS
import Transport

/// A backend as it can be dialled.
public struct PreparedBackend: Sendable {
    /// In the order in which they are tried; at least one.
    public let addresses: [SocketAddress]
    /// Whom to expect there; nil for plain connections.
    public let identity: BackendIdentity?

    public init(addresses: [SocketAddress], identity: BackendIdentity? = nil) {
        self.addresses = addresses
        self.identity = identity
    }
}
