import ControlPlane
import Settings
import Transport
import Wire

@testable import DataPlane

let loopback = IPAddress(v4: 0x7f00_0001)

/// A listener on a port that the kernel chooses. Such a place can be bound any number of times.
func plainListener(_ name: String = "plain", port: UInt16 = 0) -> ListenerSettings {
    ListenerSettings(
        name: name, bind: .ip(loopback, port: port), source: SourcePlace(file: "x.yaml", line: 3, path: "listeners[0]"))
}

func backend(_ host: String, _ port: UInt16 = 9001) -> BackendSettings {
    BackendSettings(
        url: "ws://\(host):\(port)", host: host, port: port,
        source: SourcePlace(file: "x.yaml", line: 9, path: "pools.main.backends[0]"))
}

/// A backend behind TLS.
func secureBackend(_ host: String, _ port: UInt16 = 9443) -> BackendSettings {
    BackendSettings(
        url: "wss://\(host):\(port)", scheme: .wss, host: host, port: port,
        source: SourcePlace(file: "x.yaml", line: 9, path: "pools.main.backends[0]"))
}

/// The key of a backend of the pool that `configuration` makes.
func key(_ label: String) -> BackendKey { BackendKey(pool: "main", backend: label) }

func configuration(
    listeners: [ListenerSettings] = [plainListener()], backends: [BackendSettings] = [backend("127.0.0.1")],
    tls: BackendTLSSettings = BackendTLSSettings()
) -> Settings {
    let source = SourcePlace(file: "x.yaml", line: 7, path: "pools.main")
    return Settings(
        listeners: listeners, routes: [RouteSettings(name: "all", destination: .pool("main"))],
        pools: [PoolSettings(name: "main", backends: backends, tls: tls, source: source)], admin: nil)
}

/// A port on which something listens, as long as this lives.
func takenPort() throws -> ListeningSocket { try ListeningSocket(binding: .ip(loopback, port: 0)) }

extension Result {
    /// The failure, where one is expected.
    var problem: Failure? {
        if case .failure(let failure) = self { return failure }
        return nil
    }
}
