import CLinux

/// Wakes an event loop from another thread (eventfd(2)). Many wakes before the loop looks are one.
package final class Wakeup: Sendable {
    package let descriptor: Int32

    package init() throws(SystemError) {
        let made = cl_eventfd()
        guard made >= 0 else { throw SystemError(made) }
        descriptor = made
    }

    deinit { cl_close(descriptor) }

    package func wake() { cl_eventfd_wake(descriptor) }
    package func clear() { cl_eventfd_clear(descriptor) }
}
