import Glibc
import Telemetry

/// Where log lines go.
public enum LogTarget: Sendable {
    /// An open descriptor, not closed by the log: usually 2.
    case descriptor(Int32)
    /// A file, made with mode 0640 if it is missing, appended to, and opened anew by ``LogWriter/reopen()``.
    case file(String)

    /// What `log.format: auto` means for a descriptor: text on a terminal, JSON otherwise.
    public static func automaticFormat(descriptor: Int32) -> LogFormat {
        isatty(descriptor) == 1 ? .text : .json
    }
}
