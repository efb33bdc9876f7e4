import CLinux
import Glibc

/// The signals of this process, taken one at a time by the main thread. There is no handler, so nothing runs at a moment it
/// did not choose.
enum SignalQueue {
    private static let meanings: [(number: Int32, signal: ProcessSignal)] = [
        (SIGHUP, .reload), (SIGTERM, .drain), (SIGQUIT, .drain), (SIGINT, .drain), (SIGUSR1, .reopenLog), (SIGUSR2, .wake),
    ]

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for (number, _) in meanings { sigaddset(&set, number) }
        return set
    }

    /// Blocks what is taken here, and ignores SIGPIPE. Called before the first thread is made: threads inherit the mask.
    static func block() {
        var blocked = set
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
        cl_ignore_sigpipe()
    }

    /// The next signal, waited for at most so long; nil when none came.
    static func wait(milliseconds: Int) -> ProcessSignal? {
        var awaited = set
        let bounded = max(0, milliseconds)
        var time = timespec(tv_sec: bounded / 1000, tv_nsec: bounded % 1000 * 1_000_000)
        let number = sigtimedwait(&awaited, nil, &time)
        return meanings.first { $0.number == number }?.signal
    }

    /// Ends a `wait` of the main thread, now or the next one. Any thread.
    static func wake() { kill(getpid(), SIGUSR2) }
}
