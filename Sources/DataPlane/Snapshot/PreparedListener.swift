import Settings
import TLS
import Transport

/// A listener with everything it needs to serve: its socket, and its certificates if it has TLS.
package struct PreparedListener: Sendable {
    package let settings: ListenerSettings
    package let socket: ListeningSocket
    package let tls: ServerContext?

    package init(settings: ListenerSettings, socket: ListeningSocket, tls: ServerContext?) {
        self.settings = settings
        self.socket = socket
        self.tls = tls
    }
}

/// A listener as the workers see it, with its counters.
final class ListenerRuntime: Sendable {
    let name: String
    let socket: ListeningSocket
    let tls: ServerContext?
    /// Where https is, when that is all there is to say here.
    let redirectPort: UInt16?
    let acceptsProxyProtocol: Bool
    let meter: ListenerMeter

    /// Whether a snapshot still has it: by its name, so that a reload which changes its certificates keeps its connections.
    func isIn(_ snapshot: Snapshot) -> Bool { snapshot.knows(listener: name) }

    init(_ prepared: PreparedListener, registry: MeterRegistry) {
        name = prepared.settings.name
        socket = prepared.socket
        tls = prepared.tls
        redirectPort = prepared.settings.redirectPort
        acceptsProxyProtocol = prepared.settings.acceptsProxyProtocol
        meter = registry.listener(prepared.settings.name)
    }
}
