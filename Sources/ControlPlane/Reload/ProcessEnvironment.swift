import Glibc

/// The environment this process was started with, for `${NAME}` in a configuration.
///
/// Read from the kernel rather than through `environ`, which no thread may read while another changes it.
enum ProcessEnvironment {
    /// Names and values; where a name stands twice, the first counts, as in getenv(3). Empty when /proc is not there.
    static func read() -> [String: String] {
        parse(contents())
    }

    /// Entries end with NUL; one without `=` is left out.
    static func parse(_ bytes: [UInt8]) -> [String: String] {
        var environment: [String: String] = [:]
        for entry in bytes.split(separator: 0) {
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: entry[..<equals], as: UTF8.self)
            guard environment[name] == nil else { continue }
            environment[name] = String(decoding: entry[(equals + 1)...], as: UTF8.self)
        }
        return environment
    }

    private static func contents() -> [UInt8] {
        let descriptor = open("/proc/self/environ", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while bytes.count < 8 << 20 {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }
}
