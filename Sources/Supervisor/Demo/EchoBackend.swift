import CLinux
import DataPlane
import Glibc
import Synchronization
import Transport
import Wire

/// A WebSocket echo server for the demo, on a free port of 127.0.0.1: a thread that accepts, and one for each connection.
/// It serves as long as the process lives. No example of how to serve many: past 256 connections it hangs up.
final class EchoBackend: Sendable {
    private static let mostConnections = 256

    private let socket: ListeningSocket
    private let open = Atomic<Int>(0)

    /// Binds; serves once started.
    init() throws(SystemError) {
        socket = try ListeningSocket(binding: .ip(IPAddress(v4: 0x7f00_0001), port: 0))
    }

    var port: UInt16 { socket.boundPort }

    func start() throws(SystemError) {
        try Thread { self.acceptAll() }.start(name: "echo")
    }

    private func acceptAll() {
        while true {
            switch Acceptor.accept(socket) {
            case .accepted(let descriptor, _): serve(descriptor)
            case .vanished: continue
            case .empty: waitForCaller(milliseconds: -1)
            case .shortage: pause(milliseconds: 100)
            case .broken: return
            }
        }
    }

    private func serve(_ descriptor: Int32) {
        guard open.wrappingAdd(1, ordering: .relaxed).oldValue < Self.mostConnections else {
            open.wrappingSubtract(1, ordering: .relaxed)
            cl_close(descriptor)
            return
        }
        do throws(SystemError) {
            try Thread {
                var connection = EchoConnection(descriptor: descriptor)
                connection.run()
                self.open.wrappingSubtract(1, ordering: .relaxed)
            }.start(name: "echo-client")
        } catch {
            open.wrappingSubtract(1, ordering: .relaxed)
            cl_close(descriptor)
        }
    }

    private func waitForCaller(milliseconds: Int32) {
        var request = pollfd(fd: socket.descriptor, events: Int16(truncatingIfNeeded: POLLIN), revents: 0)
        poll(&request, 1, milliseconds)
    }

    private func pause(milliseconds: Int32) { poll(nil, 0, milliseconds) }
}
