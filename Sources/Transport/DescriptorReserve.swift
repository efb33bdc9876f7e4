import CLinux

/// A few descriptors held for nothing, so that there are some to give up when the process has no others: then the admin
/// endpoint can still answer, and say so.
public struct DescriptorReserve: ~Copyable {
    private static let size = 4
    private var held: [Int32] = []

    /// Below the limit on descriptors and never given to connections: the admin endpoint, the log, name lookups and the
    /// runtime's own threads (which end the process when they get none) live on them.
    private static let headroom: UInt64 = 16

    /// Whether a socket's descriptor, the lowest that was free, shows that only the headroom is left. The limit is asked each
    /// time: it may be changed under a running process.
    public static func isTouched(by descriptor: Int32) -> Bool {
        UInt64(max(0, descriptor)) + headroom >= cl_descriptor_limit()
    }

    public init() {}

    deinit { for descriptor in held { cl_close(descriptor) } }

    /// Whether the reserve is whole again. Takes none when it cannot have all.
    public mutating func fill() -> Bool {
        while held.count < Self.size {
            let descriptor = cl_open_null()
            guard descriptor >= 0 else {
                release()
                return false
            }
            held.append(descriptor)
        }
        return true
    }

    public mutating func release() {
        for descriptor in held { cl_close(descriptor) }
        held.removeAll(keepingCapacity: true)
    }
}
