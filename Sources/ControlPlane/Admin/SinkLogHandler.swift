import DataPlane
import Logging
import Telemetry

/// Passes what libraries log through swift-log on to the program's own log, as events named `library`.
public struct SinkLogHandler: LogHandler {
    public var logLevel: Logger.Level = .notice
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let sink: LogSink

    public init(sink: LogSink) {
        self.sink = sink
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        sink.emit(Self.level(event.level), "library") { line in
            line.field("message", event.message.description)
            line.field("source", event.source)
            if let error = event.error { line.field("error", "\(error)") }
            // Keys are not literals here, so all metadata goes into one escaped field.
            let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
            guard !all.isEmpty else { return }
            line.field("metadata", all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
        }
    }

    private static func level(_ level: Logger.Level) -> LogLevel {
        switch level {
        case .trace, .debug: .debug
        case .info, .notice: .info
        case .warning: .warn
        case .error, .critical: .error
        }
    }
}
