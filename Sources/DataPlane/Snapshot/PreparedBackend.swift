import TLS
import Transport

/// A backend as it can be dialled.
package struct PreparedBackend: Sendable {
    /// In the order in which they are tried; at least one.
    package let addresses: [SocketAddress]
    /// Whom to expect there; nil for plain connections.
    package let identity: BackendIdentity?

    package init(addresses: [SocketAddress], identity: BackendIdentity? = nil) {
        self.addresses = addresses
        self.identity = identity
    }
}
