import CLinux

/// An epoll instance and the buffer its events arrive in (epoll(7)). Level-triggered.
public struct Epoll: ~Copyable {
    public struct Event {
        public let flags: UInt32
        public let token: UInt64

        // The header's macros, as numbers of one type: EPOLLIN 0x001, EPOLLOUT 0x004, EPOLLERR 0x008, EPOLLHUP 0x010, EPOLLRDHUP 0x2000.
        @inlinable public var isReadable: Bool { flags & 0x2019 != 0 }
        @inlinable public var isWritable: Bool { flags & 0x001C != 0 }
        @inlinable public var isBroken: Bool { flags & 0x0018 != 0 }
    }

    public static let capacity = 512

    private let descriptor: Int32
    private let buffer: UnsafeMutableRawPointer

    /// Throws the errno of epoll_create1.
    public init() throws(SystemError) {
        let made = cl_epoll_create()
        guard made >= 0 else { throw SystemError(made) }
        descriptor = made
        buffer = .allocate(byteCount: Epoll.capacity * cl_epoll_event_size(), alignment: 16)
    }

    deinit {
        cl_close(descriptor)
        buffer.deallocate()
    }

    public func add(_ descriptor: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
        try check(cl_epoll_add(self.descriptor, descriptor, interest.rawValue, token))
    }

    public func modify(_ descriptor: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
        try check(cl_epoll_modify(self.descriptor, descriptor, interest.rawValue, token))
    }

    /// A descriptor that is not registered is no error here: closing it elsewhere has already removed it.
    public func remove(_ descriptor: Int32) { _ = cl_epoll_remove(self.descriptor, descriptor) }

    /// Waits at most `milliseconds` (-1: until something comes); an interruption counts as "nothing came".
    public func wait(milliseconds: Int32) -> Int {
        Int(max(0, cl_epoll_wait(descriptor, buffer, Int32(Epoll.capacity), milliseconds)))
    }

    /// The event at `index`, below what `wait` returned.
    @inline(__always)
    public func event(_ index: Int) -> Event {
        let position = Int32(truncatingIfNeeded: index)
        return Event(flags: cl_epoll_events_at(buffer, position), token: cl_epoll_data_at(buffer, position))
    }

    private func check(_ result: Int32) throws(SystemError) {
        guard result >= 0 else { throw SystemError(result) }
    }
}

/// What a descriptor is watched for.
public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable public static var read: Interest { Interest(rawValue: 0x001) }
    @inlinable public static var write: Interest { Interest(rawValue: 0x004) }
    /// One waiter is woken for one event, not all of them (listening sockets).
    @inlinable public static var exclusive: Interest { Interest(rawValue: 1 << 28) }
}
