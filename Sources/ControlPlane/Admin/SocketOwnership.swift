import Synchronization

/// Remembers which socket file this server made, so that only that one is removed at the end.
final class SocketOwnership: Sendable {
    private let socket: UnixSocketPath?
    private let identity = Mutex<FileIdentity?>(nil)

    /// Nil: there is no file.
    init(_ socket: UnixSocketPath?) {
        self.socket = socket
    }

    /// The socket is bound: restricts it to owner and group, and remembers it.
    func take() {
        guard let socket else { return }
        _ = socket.restrict()
        identity.withLock { $0 = socket.identity() }
    }

    /// Removes the file, if it is still the one that was taken.
    func release() {
        socket?.remove(ifStill: identity.withLock { $0 })
    }
}
