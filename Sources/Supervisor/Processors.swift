import Glibc

/// The processors this process may run on, as `workers: auto` counts them.
enum Processors {
    /// At least 1, at most 1024. An affinity mask (taskset, a container's cpuset) counts; a quota of time does not.
    static var count: Int {
        let count = status.flatMap(allowed(in:)) ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        return max(1, min(1024, count))
    }

    /// The number of bits in the `Cpus_allowed` mask of /proc/self/status (proc_pid_status(5)): groups of hexadecimal digits.
    static func allowed(in status: String) -> Int? {
        let key = "Cpus_allowed:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }) else { return nil }
        return line.dropFirst(key.count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    }

    private static var status: String? {
        let descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // The kernel fills one page at most here.
        var bytes = [UInt8](repeating: 0, count: 16384)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
