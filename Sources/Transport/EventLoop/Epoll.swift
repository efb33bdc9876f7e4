import CLinux

/// An epoll instance and the buffer its events arrive in (epoll(7)). Level-triggered.
package struct Epoll: ~Copyable {
    package struct Event {
        package let flags: UInt32
        package let token: UInt64

        package var isReadable: Bool { flags & (CL_IN_ | CL_HUP_ | CL_ERR_ | CL_RDHUP_) != 0 }
        package var isWritable: Bool { flags & (CL_OUT_ | CL_HUP_ | CL_ERR_) != 0 }
        package var isBroken: Bool { flags & (CL_HUP_ | CL_ERR_) != 0 }
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
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let read = Interest(rawValue: CL_IN_)
    package static let write = Interest(rawValue: CL_OUT_)
    /// One waiter is woken for one event, not all of them (listening sockets).
    package static let exclusive = Interest(rawValue: 1 << 28)
}

// The header's macros, as numbers of one type.
private let CL_IN_: UInt32 = 0x001
private let CL_OUT_: UInt32 = 0x004
private let CL_ERR_: UInt32 = 0x008
private let CL_HUP_: UInt32 = 0x010
private let CL_RDHUP_: UInt32 = 0x2000
