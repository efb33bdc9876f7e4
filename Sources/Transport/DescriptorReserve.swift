import CLinux

/// A few descriptors held for nothing, so that there are some to give up when the process has no others: then the admin
/// endpoint can still answer, and say so.
package struct DescriptorReserve: ~Copyable {
    private static let size = 4
    private var held: [Int32] = []

    package init() {}

    deinit { for descriptor in held { cl_close(descriptor) } }

    /// Whether the reserve is whole again. Takes none when it cannot have all.
    package mutating func fill() -> Bool {
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

    package mutating func release() {
        for descriptor in held { cl_close(descriptor) }
        held.removeAll(keepingCapacity: true)
    }
}
