import CLinux
import Synchronization
import Transport

/// The listening sockets that the service manager opened for this process (sd_listen_fds(3)), until listeners take them.
public final class InheritedSockets: Sendable {
    private let waiting: Mutex<[(name: String, descriptor: Int32)]>
    /// All names that were passed in, in order, taken or not.
    public let names: [String]

    /// - Parameter descriptors: open and owned by this object from now on; several may share a name.
    public init(_ descriptors: [(name: String, descriptor: Int32)] = []) {
        waiting = Mutex(descriptors)
        names = descriptors.map(\.name)
    }

    deinit { _ = closeRest() }

    /// Whether a socket of this name waits to be taken.
    public func has(_ name: String) -> Bool {
        waiting.withLock { $0.contains { $0.name == name } }
    }

    /// The first socket of this name, which then is the caller's; nil when there is none. Throws when the descriptor is
    /// no usable socket; it is closed then.
    public func take(_ name: String) throws(SystemError) -> ListeningSocket? {
        let found: Int32? = waiting.withLock { waiting in
            guard let index = waiting.firstIndex(where: { $0.name == name }) else { return nil }
            return waiting.remove(at: index).descriptor
        }
        guard let found else { return nil }
        do throws(SystemError) {
            return try ListeningSocket(inheriting: found, name: name)
        } catch {
            cl_close(found)
            throw error
        }
    }

    /// Closes what no listener took, and gives its names.
    public func closeRest() -> [String] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            for socket in waiting { cl_close(socket.descriptor) }
            return waiting.map(\.name)
        }
    }
}
