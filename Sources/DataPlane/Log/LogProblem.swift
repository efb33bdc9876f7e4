/// Why a log could not be opened.
public enum LogProblem: Error, Sendable {
    /// The file could not be opened; the system's error number.
    case cannotOpen(path: String, error: Int32)
    /// No thread could be made; the system's error number.
    case noThread(error: Int32)
}
