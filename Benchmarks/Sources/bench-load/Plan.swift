import BenchCore

/// What to do to whom, as the command line says.
struct Plan {
    enum Mode: String, CaseIterable {
        /// Send a message, wait for its echo; again.
        case echo
        /// Open tunnels and keep them, silent, until standard input ends.
        case idle
        /// Receive and count.
        case sink
        /// Receive what the backend sends to all tunnels at once, and time the last.
        case gather
        /// Send a plain request, wait for its answer; again, on the same connection.
        case request
        /// Open a tunnel and close it; again.
        case dial
    }

    let mode: Mode
    let address: Socket.Address
    let host: String
    let path: String
    let tls: ClientTLS?
    let tunnels: Int
    /// Payload of a message, or body of the answer to a plain request.
    let bytes: Int
    /// Nanoseconds.
    let warmup: UInt64
    let window: UInt64
    /// Messages (or requests) a second and tunnel on a fixed schedule, or dials a second in all; `nil`: the next one as soon as the last
    /// ended.
    let rate: Double?
    /// Idle tunnels echo one message each before they fall silent.
    let touch: Bool
    /// A dial offers to take up the TLS session of the one before it.
    let resumes: Bool
    /// After the window the load goes on until standard input ends (30 seconds at most), for whoever reads the proxy's CPU
    /// time late.
    let linger: Bool
    /// Connections that are being opened at once.
    let opening: Int
    let lifetime: Int

    init(_ arguments: [String]) throws(Options.UsageError) {
        let options = try Options(
            arguments, modes: Mode.allCases.map(\.rawValue),
            names: [
                "host", "port", "path", "tunnels", "bytes", "warmup", "seconds", "rate", "opening", "tls-version", "lifetime",
            ],
            flags: ["tls", "resume", "touch", "linger"])
        mode = Mode(rawValue: options.mode) ?? .echo
        let port = try options.int("port", default: 0, in: 1 ... 65535)
        let name = options.string("host", default: "127.0.0.1")
        guard port > 0, let address = Socket.Address(host: name, port: UInt16(clamping: port)) else {
            throw Options.UsageError(description: "--port is needed, and --host is an IPv4 address")
        }
        self.address = address
        host = "\(name):\(port)"
        path = options.string("path", default: "/")
        tls = try Self.tls(options)
        tunnels = try options.int("tunnels", default: 200, in: 1 ... 100_000)
        bytes = try options.int("bytes", default: mode == .request ? 1024 : 128, in: 0 ... 1 << 26)
        let warmup = try options.double("warmup", default: 1, in: 0 ... 3600)
        let window = try options.double("seconds", default: 3, in: 0.01 ... 86400)
        let rate = try options.double("rate", default: 0, in: 0 ... 1_000_000)
        self.warmup = UInt64(warmup * 1e9)
        self.window = UInt64(window * 1e9)
        self.rate = rate > 0 ? rate : nil
        touch = options.has("touch")
        resumes = options.has("resume")
        linger = options.has("linger")
        opening = try options.int("opening", default: 64, in: 1 ... 4096)
        let needed = Load.openingSeconds + Int(warmup + window) + 60
        lifetime = try options.int("lifetime", default: mode == .idle ? 600 : needed, in: 1 ... 86400)
    }

    private static func tls(_ options: Options) throws(Options.UsageError) -> ClientTLS? {
        guard options.has("tls") else { return nil }
        guard let version = ClientTLS.Version(rawValue: options.string("tls-version", default: "any")),
            let tls = ClientTLS(version: version)
        else { throw Options.UsageError(description: "--tls-version is 1.2, 1.3 or any") }
        return tls
    }
}
