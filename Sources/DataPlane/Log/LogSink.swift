import Synchronization
import Telemetry

/// Where every thread leaves its log lines. Never waits for an output: it appends to a bounded queue under a short lock, and
/// past the bound a line is dropped and counted. A ``LogWriter`` carries the lines away.
public final class LogSink: Sendable {
    /// How lines are written.
    public let format: LogFormat
    /// Lines lost, here or at the output.
    public let dropped: SharedCounter
    let queue: LogQueue
    private let threshold: Atomic<UInt8>

    /// `capacity` bounds the bytes that wait for the output; as many again may be on their way out.
    public init(
        level: LogLevel, format: LogFormat, capacity: Int = 4 << 20, dropped: SharedCounter = SharedCounter()
    ) {
        self.format = format
        self.dropped = dropped
        queue = LogQueue(capacity: capacity)
        threshold = Atomic(level.rank)
    }

    /// Whether lines of this level are written at all.
    public func isEnabled(_ level: LogLevel) -> Bool {
        level.rank >= threshold.load(ordering: .relaxed)
    }

    /// Changes the lowest level written, for a reload.
    public func setLevel(_ level: LogLevel) {
        threshold.store(level.rank, ordering: .relaxed)
    }

    /// Builds and posts one event's line; below the configured level `fill` is not called.
    public func emit(_ level: LogLevel, _ event: StaticString, _ fill: (inout LogLine) -> Void = { _ in }) {
        guard isEnabled(level) else { return }
        var line = LogLine(format: format, level: level, event: event, unixMilliseconds: WallClock.unixMilliseconds)
        fill(&line)
        post(line.finish())
    }

    /// Posts a finished line: one line feed, at its end. Any thread.
    public func post(_ line: consuming [UInt8]) {
        if !queue.append(line) { dropped.add() }
    }
}
