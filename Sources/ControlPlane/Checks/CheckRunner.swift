import DataPlane
import Dispatch
import Synchronization
import Transport

/// Active checks of backends, on one thread with an event loop of its own. A backend that hangs delays nobody,
/// but for when as many of them hang as may be checked at once.
///
/// Past that number the others wait in the order in which they came; what they wait is not taken from their time. Every check ends at
/// its deadline, reads a bounded part of the answer, and gives its descriptor back on every path.
public final class CheckRunner: Sendable {
    /// Checks under way at once, where descriptors are no more than usual.
    public static let usualConcurrency = 64

    /// Checks under way at once for a process that may open so many descriptors: 64, and up to 256 where there are plenty.
    public static func concurrency(descriptors: Int) -> Int { min(max(usualConcurrency, descriptors / 256), 256) }

    private let concurrency: Int
    private let mailbox: CheckMailbox
    private let deliver: @Sendable (CheckResult) -> Void
    private let over = DispatchGroup()

    /// - Parameters:
    ///   - concurrency: checks under way at once, at least 1. They hold up to twice as many connections: where the verdict is given, some
    ///     still wait for the backend to end its side.
    ///   - deliver: called on the runner's thread with each result; it must not wait for anything, `stop` least of all. It may call
    ///     `begin` and `cancel`.
    public init(
        concurrency: Int = usualConcurrency, deliver: @escaping @Sendable (CheckResult) -> Void
    ) throws(SystemError) {
        self.concurrency = max(1, concurrency)
        mailbox = try CheckMailbox()
        self.deliver = deliver
    }

    deinit { mailbox.stop() }

    /// Begins to work. Once; checks that were asked for before are done then.
    public func start() throws(SystemError) {
        let over = over
        let handed = HandedLoop(try CheckLoop(mailbox: mailbox, concurrency: concurrency, deliver: deliver))
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
    public func begin(id: UInt64, target: CheckTarget) -> Bool { mailbox.post(CheckJob(id: id, target: target)) }

    /// Gives a check up, whether it waits or is under way: its connection is reset, and it has no result but one that is being delivered
    /// at this moment. Nothing happens when there is none of that id. A check of the same id may begin a turn of the loop later; one of
    /// the same backend with another id may be asked for at once, and finds this one ended.
    public func cancel(id: UInt64) { mailbox.cancel(id) }

    /// Closes all connections and ends the thread, which takes a turn of its loop; waits for that, a second at most, and says whether it
    /// came. Afterwards no result is delivered; what was under way has none.
    @discardableResult
    public func stop() -> Bool {
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
