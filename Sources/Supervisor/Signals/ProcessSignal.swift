/// A signal by what it asks for.
enum ProcessSignal: Sendable, Equatable {
    /// SIGHUP.
    case reload
    /// SIGTERM, SIGQUIT, SIGINT.
    case drain
    /// SIGUSR1.
    case reopenLog
    /// SIGUSR2, which this process sends itself when something it waits for is done.
    case wake
}
