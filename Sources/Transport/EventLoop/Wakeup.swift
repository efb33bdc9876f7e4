import CLinux

/// Wakes an event loop from another thread (eventfd(2)). Many wakes before the loop looks are one.
public final class Wakeup: Sendable {
    public let descriptor: Int32

    public init() throws(SystemError) {
        let made = cl_eventfd()
        guard made >= 0 else { throw SystemError(made) }
        descriptor = made
    }

    deinit { cl_close(descriptor) }

    public func wake() { cl_eventfd_wake(descriptor) }
    public func clear() { cl_eventfd_clear(descriptor) }
}
