import CSystemd
import ControlPlane
import Glibc

/// systemd, as far as it watches this process (sd_notify(3), `Type=notify-reload`). Without it every call does nothing.
///
/// `NOTIFY_SOCKET` stays in the environment, because libsystemd reads it at each call; nothing is ever started that could
/// inherit it.
struct ServiceManager: Sendable {
    /// How often `WATCHDOG=1` is expected at least, in nanoseconds; nil when nobody expects it.
    let watchdog: UInt64?

    /// Reads and removes what systemd says about the watchdog. Called before the first thread is made.
    init() {
        var microseconds: UInt64 = 0
        let isEnabled = sd_watchdog_enabled(1, &microseconds) > 0 && microseconds > 0
        watchdog = isEnabled ? microseconds.multipliedReportingOverflow(by: 1000).partialValue : nil
    }

    func notify(_ assignments: String...) {
        _ = sd_notify(0, assignments.joined(separator: "\n"))
    }

    func ready(status: String) { notify("READY=1", "STATUS=\(status)") }

    /// Must be followed by `ready`, however the reload ends.
    func reloading(now nanoseconds: UInt64) {
        notify("RELOADING=1", "MONOTONIC_USEC=\(nanoseconds / 1000)", "STATUS=reloading")
    }

    /// - Parameter remaining: how long it may still take, in nanoseconds.
    func stopping(status: String, remaining nanoseconds: UInt64) {
        notify("STOPPING=1", "STATUS=\(status)", "EXTEND_TIMEOUT_USEC=\(nanoseconds / 1000)")
    }

    /// More time to stop in: so much from now, in nanoseconds.
    func extend(by nanoseconds: UInt64) { notify("EXTEND_TIMEOUT_USEC=\(nanoseconds / 1000)") }

    func status(_ text: String) { notify("STATUS=\(text)") }

    func alive() { notify("WATCHDOG=1") }

    /// The listening stream sockets that were passed in, by their names; the environment is cleared of them. Anything else
    /// that was passed in is closed. Called before the first thread is made, and once.
    static func inheritedSockets() -> (sockets: InheritedSockets, closed: [String]) {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        defer { freeAll(names) }
        var listening: [(name: String, descriptor: Int32)] = []
        var closed: [String] = []
        for index in 0..<max(0, count) {
            let descriptor = SD_LISTEN_FDS_START + index
            let name = names?[Int(index)].map { String(cString: $0) } ?? "unknown"
            if sd_is_socket(descriptor, AF_UNSPEC, Int32(SOCK_STREAM.rawValue), 1) > 0 {
                listening.append((name, descriptor))
            } else {
                close(descriptor)
                closed.append(name)
            }
        }
        return (InheritedSockets(listening), closed)
    }

    /// A list of C strings that ends with a null.
    private static func freeAll(_ names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        guard let names else { return }
        var index = 0
        while let name = names[index] {
            free(name)
            index += 1
        }
        free(names)
    }
}
