import Settings
import TLS
import Transport

/// A listener with everything it needs to serve: its socket, and its certificates if it has TLS.
public struct PreparedListener: Sendable {
    public let settings: ListenerSettings
    public let socket: ListeningSocket
    public let tls: ServerContext?

    public init(settings: ListenerSettings, socket: ListeningSocket, tls: ServerContext?) {
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
    /// Of the snapshot that made it, and its place among the listeners there.
    private let mark: Snapshot.Mark
    private let position: Int

    /// Its place in a snapshot's routes; nil where a reload removed it. Known by its name, so that a reload which changes its
    /// certificates keeps its connections.
    func position(in snapshot: Snapshot) -> Int? {
        mark === snapshot.mark ? position : snapshot.routes.index(ofListener: name)
    }

    func isIn(_ snapshot: Snapshot) -> Bool { position(in: snapshot) != nil }

    init(_ prepared: PreparedListener, position: Int, mark: Snapshot.Mark, registry: MeterRegistry) {
        self.mark = mark
        self.position = position
        name = prepared.settings.name
        socket = prepared.socket
        tls = prepared.tls
        redirectPort = prepared.settings.redirectPort
        acceptsProxyProtocol = prepared.settings.acceptsProxyProtocol
        meter = registry.listener(prepared.settings.name)
    }
}
