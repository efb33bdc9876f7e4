import BenchCore
import Glibc

/// The backend of the benchmarks: `bench-echo echo|flood|hold [--host 127.0.0.1] [--port 0] [--bytes 16384] [--lifetime 600]`.
@main
struct BenchEcho {
    static func main() {
        do {
            let options = try Options(
                Array(CommandLine.arguments.dropFirst()), modes: Backend.Mode.allCases.map(\.rawValue),
                names: ["host", "port", "bytes", "lifetime"])
            guard let mode = Backend.Mode(rawValue: options.mode) else { return }
            let port = try options.int("port", default: 0, in: 0 ... 65535)
            let host = options.string("host", default: "127.0.0.1")
            guard let address = Socket.Address(host: host, port: UInt16(clamping: port)) else {
                throw Options.UsageError(description: "--host is an IPv4 address")
            }
            Surroundings.prepare(lifetime: try options.int("lifetime", default: 600, in: 1 ... 86400))
            let bytes = try options.int("bytes", default: 16384, in: 0 ... 1 << 26)
            let backend = try Backend(mode: mode, listener: Socket.listen(address), floodBytes: bytes)
            var report = Report(event: "listening")
            report.add("port", backend.port)
            report.send()
            try backend.run()
        } catch {
            Surroundings.fail(error)
        }
    }
}
