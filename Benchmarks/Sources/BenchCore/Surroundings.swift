import CBench
import Glibc

/// What both tools settle with the system before they work.
package enum Surroundings {
    /// Nanoseconds of CLOCK_MONOTONIC, the clock that the runner reads as well.
    package static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    }

    /// Takes all descriptors the system allows, ignores SIGPIPE (OpenSSL writes without MSG_NOSIGNAL), and has the kernel end this
    /// process after `lifetime` seconds, whatever happens: no benchmark outlives its bound.
    package static func prepare(lifetime: Int) {
        _ = bench_raise_descriptor_limit()
        signal(SIGPIPE, SIG_IGN)
        alarm(UInt32(clamping: lifetime))
    }

    /// Says why on standard error and ends: 64 for wrong usage, 1 for what failed.
    package static func fail(_ error: any Error) -> Never {
        let text = Array("\(error)\n".utf8)
        _ = text.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
        exit(error is Options.UsageError ? 64 : 1)
    }
}
