import Glibc

/// Bytes that the kernel refused, in order, until it takes them. Holds no memory while empty.
public struct Backlog: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    private var start = 0
    public private(set) var count = 0

    public init() {}

    deinit { free(base) }

    @inlinable public var isEmpty: Bool { count == 0 }

    /// The waiting bytes; valid until the next change.
    public var bytes: UnsafeRawBufferPointer {
        guard let base else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: base + start, count: count)
    }

    /// Returns false, and keeps nothing, when memory is short or more than `bound` bytes would wait.
    public mutating func append(_ bytes: UnsafeRawBufferPointer, bound: Int) -> Bool {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return true }
        let (total, overflow) = count.addingReportingOverflow(bytes.count)
        guard !overflow, total <= bound, reserve(total), let base else { return false }
        memcpy(base + start + count, source, bytes.count)
        count = total
        return true
    }

    public mutating func consume(_ sent: Int) {
        count -= min(sent, count)
        start += sent
        if count == 0 { release() }
    }

    public mutating func release() {
        free(base)
        base = nil
        capacity = 0
        start = 0
        count = 0
    }

    /// Room for `total` bytes from `start` on: moves to the front before it grows.
    private mutating func reserve(_ total: Int) -> Bool {
        if start + total <= capacity { return true }
        if let base, start > 0 {
            memmove(base, base + start, count)
            start = 0
            if total <= capacity { return true }
        }
        guard let grown = realloc(base, total) else { return false }
        base = grown
        capacity = total
        return true
    }
}
