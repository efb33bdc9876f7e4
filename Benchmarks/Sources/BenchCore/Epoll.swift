import CBench
import Glibc

/// A level-triggered epoll instance. A registration carries a tag of the caller's (an index), handed back with each event.
package final class Epoll {
    /// What a descriptor is watched for. Errors and hang-ups are always told.
    package struct Interest: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let readable = Interest(rawValue: UInt32(BENCH_IN))
        package static let writable = Interest(rawValue: UInt32(BENCH_OUT))
        package static let broken = Interest(rawValue: UInt32(BENCH_ERROR | BENCH_HANGUP))
    }

    private let descriptor: Int32
    private let capacity = 1024
    private let events: UnsafeMutableRawPointer

    package init() throws(SystemFailure) {
        descriptor = bench_epoll_create()
        guard descriptor >= 0 else { throw SystemFailure("epoll_create1", -descriptor) }
        events = .allocate(byteCount: capacity * bench_event_size(), alignment: 16)
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    package func add(_ descriptor: Int32, _ interest: Interest, tag: UInt64) throws(SystemFailure) {
        try set(Int32(BENCH_ADD), descriptor, interest, tag)
    }

    package func change(_ descriptor: Int32, _ interest: Interest, tag: UInt64) throws(SystemFailure) {
        try set(Int32(BENCH_CHANGE), descriptor, interest, tag)
    }

    /// Waits at most `timeout` nanoseconds (negative: for ever) and returns how many events `event(_:)` can tell, at most 1,024.
    package func wait(timeout: Int64) throws(SystemFailure) -> Int {
        let count = bench_epoll_wait(descriptor, events, Int32(capacity), timeout)
        guard count >= 0 else { throw SystemFailure("epoll_wait", -count) }
        return Int(count)
    }

    /// Event `index` of the last wait; `index` is below what that wait returned.
    package func event(_ index: Int) -> (tag: UInt64, ready: Interest) {
        (bench_event_tag(events, Int32(index)), Interest(rawValue: bench_event_ready(events, Int32(index))))
    }

    private func set(_ operation: Int32, _ descriptor: Int32, _ interest: Interest, _ tag: UInt64) throws(SystemFailure) {
        let result = bench_epoll_set(self.descriptor, operation, descriptor, interest.rawValue, tag)
        guard result == 0 else { throw SystemFailure("epoll_ctl", -result) }
    }
}
