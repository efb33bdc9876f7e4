import Glibc
import Synchronization
import Telemetry

/// The thread that carries log lines from a ``LogSink`` to their output. All signals are blocked in it: they belong to others,
/// and SIGPIPE from a reader that went away becomes an error instead of the end.
public final class LogWriter: Sendable {
    private let sink: LogSink

    /// What the thread is given to start with; the thread takes the output out and alone owns it from then on.
    private final class Start: Sendable {
        let sink: LogSink
        private let output: Mutex<LogOutput?>

        init(sink: LogSink, output: consuming sending LogOutput) {
            self.sink = sink
            self.output = Mutex(output)
        }

        func takeOutput() -> LogOutput? { output.withLock { $0.take() } }
    }

    /// Opens the output and starts the thread. `stallMilliseconds`: how long an output may take nothing before the lines at
    /// hand are given up.
    public init(sink: LogSink, target: LogTarget, stallMilliseconds: Int32 = 2000) throws(LogProblem) {
        self.sink = sink
        let output = try LogOutput(target, stallMilliseconds: stallMilliseconds)
        try Self.launch(Start(sink: sink, output: output))
    }

    deinit { sink.queue.requestStop() }

    /// Asks for the file to be opened anew, after the lines that wait now. Returns at once.
    public func reopen() { sink.queue.requestReopen() }

    /// Waits until every line posted so far is written or lost, at most `nanoseconds`; false when time ran out.
    @discardableResult
    public func flush(nanoseconds: UInt64) -> Bool {
        sink.queue.waitUntilDrained(nanoseconds: nanoseconds)
    }

    /// Flushes, then lets the thread end. Lines posted later stay where they are, and are dropped when the queue is full.
    @discardableResult
    public func stop(nanoseconds: UInt64) -> Bool {
        sink.queue.requestStop()
        return sink.queue.waitUntilDrained(nanoseconds: nanoseconds)
    }

    private static func launch(_ start: Start) throws(LogProblem) {
        var everything = sigset_t()
        var before = sigset_t()
        sigfillset(&everything)
        pthread_sigmask(SIG_SETMASK, &everything, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 256 * 1024)
        defer { pthread_attr_destroy(&attributes) }

        var thread = pthread_t()
        let context = Unmanaged.passRetained(start)
        let error = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                LogWriter.run(Unmanaged<Start>.fromOpaque(context).takeRetainedValue())
                return nil
            }, context.toOpaque())
        guard error == 0 else {
            context.release()
            throw .noThread(error: error)
        }
    }

    /// The thread's life. Holds the sink but not the writer, whose end is what stops it.
    private static func run(_ start: Start) {
        guard var output = start.takeOutput() else { return }
        var batch = LogBatch()
        while true {
            switch start.sink.queue.next(&batch) {
            case .stop: return
            case .reopen: reopen(&output, start.sink)
            case .write:
                let lost = output.write(batch)
                if lost > 0 { start.sink.dropped.add(lost) }
            }
        }
    }

    private static func reopen(_ output: inout LogOutput, _ sink: LogSink) {
        guard let error = output.reopen() else { return }
        sink.emit(.error, "log_reopen_failed") { $0.field("error", error) }
    }
}
