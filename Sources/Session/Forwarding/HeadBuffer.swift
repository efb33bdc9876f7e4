/// Room in which heads are written, used again for one after the other: what a worker sends goes through one of these, so that
/// no head costs an allocation.
///
/// Not an array: each of the forty pieces of a head would ask it whether it is shared, and how much room it has.
public final class HeadBuffer {
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    public private(set) var count = 0

    private static let usualCapacity = 4096
    /// More is given back when it is cleared.
    private static let keptCapacity = 128 * 1024

    public init() {
        capacity = HeadBuffer.usualCapacity
        start = .allocate(capacity: capacity)
    }

    deinit { start.deallocate() }

    /// The bytes so far, until the next change.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    public func clear() {
        count = 0
        guard capacity > HeadBuffer.keptCapacity else { return }
        start.deallocate()
        capacity = HeadBuffer.usualCapacity
        start = .allocate(capacity: capacity)
    }

    @inline(__always)
    public func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        if bytes.count > capacity &- count { grow(by: bytes.count) }
        (start + count).update(from: source, count: bytes.count)
        count &+= bytes.count
    }

    @inline(__always)
    func append(_ byte: UInt8) {
        if capacity == count { grow(by: 1) }
        start[count] = byte
        count &+= 1
    }

    /// Twice the room, or as much as is needed. A head and what goes with it are far from the end of the address space.
    private func grow(by more: Int) {
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: start, count: count)
        start.deallocate()
        (start, capacity) = (moved, larger)
    }
}
