import DataPlane
import Dispatch
import Synchronization
import Transport

/// Active checks of backends, on one thread with an event loop of its own. A backend that hangs delays nobody,
/// but for when `concurrency` of them do.
///
/// At most `concurrency` checks are under way at once; the others wait in the order in which they came. Every check ends at its
/// deadline, reads a bounded part of the answer, and gives its descriptor back on every path.
package final class CheckRunner: Sendable {
    /// Checks under way at once.
    package static let concurrency = 64
    /// Connections at once: verdicts given, some still wait for the backend to end its side.
    package static let connections = 2 * concurrency

    private let mailbox: CheckMailbox
    private let deliver: @Sendable (CheckResult) -> Void
    private let over = DispatchGroup()

    /// - Parameter deliver: called on the runner's thread with each result; it must not wait for anything, `stop` least of all. It may
    ///   call `begin`.
    package init(deliver: @escaping @Sendable (CheckResult) -> Void) throws(SystemError) {
        mailbox = try CheckMailbox()
        self.deliver = deliver
    }

    deinit { mailbox.stop() }

    /// Begins to work. Once; checks that were asked for before are done then.
    package func start() throws(SystemError) {
        let over = over
        let handed = HandedLoop(try CheckLoop(mailbox: mailbox, deliver: deliver))
        over.enter()
        do throws(SystemError) {
            try Thread {
                handed.take()?.run()
                over.leave()
            }.start(name: "checks")
        } catch {
            over.leave()
            throw error
        }
    }

    /// Checks a backend now, or when its turn comes. False, and there is no result, while a check of the same id is under way or
    /// waits, and after `stop`.
    @discardableResult
    package func begin(id: UInt64, target: CheckTarget) -> Bool { mailbox.post(CheckJob(id: id, target: target)) }

    /// Closes all connections and ends the thread, which takes a turn of its loop; waits for that, a second at most, and says whether it
    /// came. Afterwards no result is delivered; what was under way has none.
    @discardableResult
    package func stop() -> Bool {
        mailbox.stop()
        return over.wait(timeout: .now() + .seconds(1)) == .success
    }

    /// Carries a loop to its thread, which alone has it from then on.
    private final class HandedLoop: Sendable {
        private let loop: Mutex<CheckLoop?>

        init(_ loop: sending CheckLoop) { self.loop = Mutex(loop) }

        func take() -> sending CheckLoop? {
            loop.withLock { held in
                let taken = held
                held = nil
                return taken
            }
        }
    }
}
