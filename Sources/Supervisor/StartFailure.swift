import ControlPlane
import DataPlane
import Glibc
import Settings
import Telemetry

/// Why the process does not serve.
enum StartFailure: Error, Sendable {
    /// The configuration asks for what cannot be had; every problem.
    case refused(Problems)
    /// The system is short of something.
    case system(String)

    /// Tells it on standard error, and waits until it is written: lines for people on a terminal, log lines otherwise, wherever
    /// the log of the configuration would go.
    func report() {
        if isatty(2) == 1 {
            for line in lines { SystemText.print(line, to: 2) }
            return
        }
        let sink = LogSink(level: .info, format: .json)
        guard let writer = try? LogWriter(sink: sink, target: .descriptor(2)) else { return }
        switch self {
        case .refused(let problems): ReloadLog.refused(problems, to: sink)
        case .system(let reason): sink.emit(.error, "start_failed") { $0.field("reason", reason) }
        }
        writer.stop(nanoseconds: 2_000_000_000)
    }

    private var lines: [String] {
        switch self {
        case .refused(let problems):
            let count = problems.errors.count
            return problems.warnings.map { "warning: \($0)" } + problems.errors.map(\.description)
                + ["tidegate: not started, \(count) problem\(count == 1 ? "" : "s")"]
        case .system(let reason): return ["tidegate: not started: \(reason)"]
        }
    }
}
