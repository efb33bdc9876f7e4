import CLinux

/// An epoll instance and the buffer its events arrive in (epoll(7)). Level-triggered.
package struct Epoll: ~Copyable {
    package struct Event {
        package let flags: UInt32
        package let token: UInt64

        // The header's macros, as numbers of one type: EPOLLIN 0x001, EPOLLOUT 0x004, EPOLLERR 0x008, EPOLLHUP 0x010, EPOLLRDHUP 0x2000.
        @inlinable package var isReadable: Bool { flags & 0x2019 != 0 }
        @inlinable package var isWritable: Bool { flags & 0x001C != 0 }
        @inlinable package var isBroken: Bool { flags & 0x0018 != 0 }
    }

    package static let capacity = 512

    private let descriptor: Int32
    private let buffer: UnsafeMutableRawPointer

    /// Throws the errno of epoll_create1.
    package init() throws(SystemError) {
        let made = cl_epoll_create()
        guard made >= 0 else { throw SystemError(made) }
        descriptor = made
        buffer = .allocate(byteCount: Epoll.capacity * cl_epoll_event_size(), alignment: 16)
    }

    deinit {
        cl_close(descriptor)
        buffer.deallocate()
    }

    package func add(_ descriptor: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
        try check(cl_epoll_add(self.descriptor, descriptor, interest.rawValue, token))
    }

    package func modify(_ descriptor: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
        try check(cl_epoll_modify(self.descriptor, descriptor, interest.rawValue, token))
    }

    /// A descriptor that is not registered is no error here: closing it elsewhere has already removed it.
    package func remove(_ descriptor: Int32) { _ = cl_epoll_remove(self.descriptor, descriptor) }

    /// Waits at most `milliseconds` (-1: until something comes); an interruption counts as "nothing came".
    package func wait(milliseconds: Int32) -> Int {
        Int(max(0, cl_epoll_wait(descriptor, buffer, Int32(Epoll.capacity), milliseconds)))
    }

    /// The event at `index`, below what `wait` returned.
    @inline(__always)
    package func event(_ index: Int) -> Event {
        let position = Int32(truncatingIfNeeded: index)
        return Event(flags: cl_epoll_events_at(buffer, position), token: cl_epoll_data_at(buffer, position))
    }

    private func check(_ result: Int32) throws(SystemError) {
        guard result >= 0 else { throw SystemError(result) }
    }
}

/// What a descriptor is watched for.
package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32
    @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable package static var read: Interest { Interest(rawValue: 0x001) }
    @inlinable package static var write: Interest { Interest(rawValue: 0x004) }
    /// One waiter is woken for one event, not all of them (listening sockets).
    @inlinable package static var exclusive: Interest { Interest(rawValue: 1 << 28) }
}
