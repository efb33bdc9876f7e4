import BenchCore
import Glibc

/// The backend of the benchmarks: `bench-echo echo|flood|hold|fanout [--host 127.0.0.1] [--port 0] [--bytes 16384] [--answer 1024]
/// [--tunnels 1000 --interval 100] [--certificate PEM --key PEM [--no-resumption]] [--lifetime 600]`. `--bytes` are those of a pushed
/// message, `--answer` those of a plain answer's body; a fan-out begins with that many tunnels and has so many milliseconds between two
/// messages; with a certificate it speaks TLS only.
@main
struct BenchEcho {
    static func main() {
        do {
            let options = try Options(
                Array(CommandLine.arguments.dropFirst()), modes: Backend.Mode.allCases.map(\.rawValue),
                names: ["host", "port", "bytes", "answer", "tunnels", "interval", "certificate", "key", "lifetime"],
                flags: ["no-resumption"])
            guard let mode = Backend.Mode(rawValue: options.mode) else { return }
            let port = try options.int("port", default: 0, in: 0 ... 65535)
            let host = options.string("host", default: "127.0.0.1")
            guard let address = Socket.Address(host: host, port: UInt16(clamping: port)) else {
                throw Options.UsageError(description: "--host is an IPv4 address")
            }
            Surroundings.prepare(lifetime: try options.int("lifetime", default: 600, in: 1 ... 86400))
            let bytes = try options.int("bytes", default: 16384, in: 0 ... 1 << 26)
            let answer = try options.int("answer", default: 1024, in: 0 ... 1 << 26)
            let tunnels = try options.int("tunnels", default: 1000, in: 1 ... 100_000)
            let interval = try options.int("interval", default: 100, in: 1 ... 60_000)
            let fanOut = FanOut(tunnels: tunnels, interval: UInt64(interval) * 1_000_000, bytes: bytes)
            let tls = try tls(options)
            let backend = try Backend(
                mode: mode, listener: Socket.listen(address), tls: tls, bytes: bytes, answerBytes: answer,
                fanOut: mode == .fanout ? fanOut : nil)
            var report = Report(event: "listening")
            report.add("port", backend.port)
            report.send()
            try backend.run()
            backend.report()
        } catch {
            Surroundings.fail(error)
        }
    }

    private static func tls(_ options: Options) throws(Options.UsageError) -> ServerTLS? {
        let certificate = options.string("certificate", default: ""), key = options.string("key", default: "")
        if certificate.isEmpty && key.isEmpty && !options.has("no-resumption") { return nil }
        guard let tls = ServerTLS(certificate: certificate, key: key, resumption: !options.has("no-resumption")) else {
            throw Options.UsageError(description: "--certificate and --key are PEM files that belong together")
        }
        return tls
    }
}
