import DataPlane
import Telemetry

@testable import ControlPlane

/// A log whose lines a test reads.
final class CapturedLog {
    let sink = LogSink(level: .info, format: .json)
    private let writer: LogWriter?
    private let folder: TemporaryFolder?

    init() {
        folder = try? TemporaryFolder()
        writer = folder.flatMap { [sink] in try? LogWriter(sink: sink, target: .file("\($0.path)/log")) }
    }

    deinit { writer?.stop(nanoseconds: 1_000_000_000) }

    /// Every line so far.
    func lines() -> [String] {
        writer?.flush(nanoseconds: 10_000_000_000)
        guard let folder, let bytes = try? SmallFile.read("\(folder.path)/log", limit: 1 << 20) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
