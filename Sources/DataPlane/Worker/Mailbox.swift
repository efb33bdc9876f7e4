import Settings
import Synchronization
import Transport

/// What the other threads may say to a worker.
enum WorkerMessage: Sendable {
    /// A connection that another worker accepted, counted here already.
    case connection(Int32, SocketAddress, ListenerRuntime)
    case adopt(Snapshot)
    case drain(Duration)
    /// Some tunnels of one backend are to be closed, or to be let live after all.
    case shed(ShedOrder)
    case stop
}

/// The one way into a worker's thread: a lock held for an append, and an eventfd.
final class Mailbox: Sendable {
    let wakeup: Wakeup
    private let messages = Mutex<[WorkerMessage]>([])

    init() throws(SystemError) { wakeup = try Wakeup() }

    func post(_ message: WorkerMessage) {
        messages.withLock { $0.append(message) }
        wakeup.wake()
    }

    func take() -> [WorkerMessage] {
        wakeup.clear()
        return messages.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
