import Routing
import Settings
import Transport
import Wire

/// `tidegate demo`: everything that `run` does, with nothing to prepare: a certificate made on the spot, and two backends inside
/// this process that send back what they get.
public enum Demo {
    private static let secure: UInt16 = 8443
    private static let plain: UInt16 = 8080

    /// Serves until told to stop, and gives the exit status. As `Supervisor.run`, called once, on the main thread.
    public static func run() -> Int32 {
        // Before the backends' threads are made: whoever ends the demo must reach the supervisor.
        SignalQueue.block()
        do {
            let folder = try DemoFolder()
            let backends = [try EchoBackend(), try EchoBackend()]
            for backend in backends { try backend.start() }
            let settings = settings(folder, ports: backends.map(\.port))
            let hint = hint(certificate: folder.certificate.certificate)
            return Supervisor.run(.fixed(settings)) { SystemText.print(hint) }
        } catch {
            SystemText.print("tidegate: the demo cannot start: \(error)", to: 2)
            return ExitStatus.failure
        }
    }

    private static func settings(_ folder: borrowing DemoFolder, ports: [UInt16]) -> Settings {
        let loopback = IPAddress(v4: 0x7f00_0001)
        let certificate = CertificateSettings(
            certificate: folder.certificate.certificate, key: folder.certificate.key, source: place("certificate"))
        return Settings(
            listeners: [
                ListenerSettings(
                    name: "secure", bind: .ip(loopback, port: secure), tls: TLSSettings(certificates: [certificate]),
                    source: place("secure")),
                ListenerSettings(name: "plain", bind: .ip(loopback, port: plain), source: place("plain")),
            ],
            routes: [RouteSettings(name: "demo", destination: .pool("echo"), source: place("route"))],
            pools: [
                PoolSettings(
                    name: "echo",
                    backends: ports.map { BackendSettings(url: "ws://127.0.0.1:\($0)", host: "127.0.0.1", port: $0) })
            ],
            drain: DrainSettings(period: .seconds(1)),
            admin: AdminSettings(source: place("admin")))
    }

    private static func place(_ path: String) -> SourcePlace { SourcePlace(file: "demo", line: nil, path: path) }

    private static func hint(certificate: String) -> String {
        """
        tidegate demo: two echo backends behind
          wss://localhost:\(secure)/   with a certificate made just now: \(certificate)
          ws://localhost:\(plain)/
        Try, in another terminal:
          python3 -m websockets ws://localhost:\(plain)/              (pip install websockets)
          SSL_CERT_FILE=\(certificate) python3 -m websockets wss://localhost:\(secure)/
          websocat -k wss://localhost:\(secure)/                      (or any other client)
          curl -k https://localhost:\(secure)/                        (a page, from the same backends)
          curl -s http://127.0.0.1:9180/metrics | grep tidegate_
          kill -HUP \(ProcessID.own)                                    (reload; your connections stay)
        Ctrl-C drains: clients get a Close 1012, spread over a second; a second Ctrl-C ends at once.
        """
    }
}
