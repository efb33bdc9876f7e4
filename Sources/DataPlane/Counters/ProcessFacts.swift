import Glibc
import Telemetry

/// What the kernel says about this process, read when a scrape asks. What cannot be read is left out.
struct ProcessFacts: Sendable {
    var cpuSeconds: Double?
    var startTime: Double?
    var residentBytes: UInt64?
    var virtualBytes: UInt64?
    var openDescriptors: UInt64?
    var maxDescriptors: UInt64?

    static func read() -> ProcessFacts {
        var facts = ProcessFacts()
        facts.readStatus()
        facts.openDescriptors = countDescriptors()
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 { facts.maxDescriptors = UInt64(limit.rlim_cur) }
        return facts
    }

    func families() -> [MetricFamily] {
        [
            real(MetricNames.processCPU, cpuSeconds), whole(MetricNames.processResidentMemory, residentBytes),
            whole(MetricNames.processVirtualMemory, virtualBytes),
            whole(MetricNames.processOpenDescriptors, openDescriptors),
            whole(MetricNames.processMaxDescriptors, maxDescriptors), real(MetricNames.processStartTime, startTime),
        ]
    }

    private func real(_ definition: MetricDefinition, _ value: Double?) -> MetricFamily {
        MetricFamily(definition, value.map { [MetricSample([], .real($0))] } ?? [])
    }

    private func whole(_ definition: MetricDefinition, _ value: UInt64?) -> MetricFamily {
        MetricFamily(definition, value.map { [MetricSample([], .unsigned($0))] } ?? [])
    }

    /// proc(5): the fields of /proc/self/stat after the command's name, which stands in parentheses and may hold anything.
    private mutating func readStatus() {
        guard let text = Self.contents(of: "/proc/self/stat"), let name = text.lastIndex(of: ")") else { return }
        let fields = text[name...].split(separator: " ").dropFirst().map { UInt64($0) }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        guard fields.count > 21, ticks > 0 else { return }
        if let user = fields[11], let system = fields[12] { cpuSeconds = Double(user &+ system) / ticks }
        if let start = fields[19], let boot = Self.bootTime { startTime = boot + Double(start) / ticks }
        virtualBytes = fields[20]
        let page = UInt64(clamping: sysconf(Int32(_SC_PAGESIZE)))
        residentBytes = fields[21].map { $0.multipliedReportingOverflow(by: page).partialValue }
    }

    private static let bootTime: Double? = contents(of: "/proc/stat")?
        .split(separator: "\n").first { $0.hasPrefix("btime ") }
        .flatMap { Double($0.dropFirst("btime ".count)) }

    /// Newer kernels tell the number as the folder's size; on older ones its entries are counted, less `.`, `..` and the
    /// descriptor that counting takes.
    private static func countDescriptors() -> UInt64? {
        var information = stat()
        if stat("/proc/self/fd", &information) == 0, information.st_size > 0 {
            return UInt64(clamping: information.st_size)
        }
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count: UInt64 = 0
        while readdir(folder) != nil { count += 1 }
        return count > 3 ? count - 3 : 0
    }

    /// A small file of /proc as text.
    private static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < 1 << 20 {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
