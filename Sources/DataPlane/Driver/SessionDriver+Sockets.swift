import CLinux
import Session
import Telemetry
import Transport

extension SessionDriver {
    /// Begins watching a socket. False, and nothing is watched, when the system refuses.
    func watch(_ side: Session.Side, _ interest: Interest, token: UInt64) -> Bool {
        let descriptor = side.isClient ? client.descriptor : backend.descriptor
        do {
            try worker.epoll.add(descriptor, interest, token: token)
        } catch {
            return false
        }
        if side.isClient { client.interest = interest } else { backend.interest = interest }
        return true
    }

    /// Changes what a socket is watched for, if it changes. With nothing to watch for it leaves epoll altogether: an ended
    /// socket would report its end again and again.
    func setInterest(_ side: Session.Side, _ wanted: Interest) {
        let current = side.isClient ? client.interest : backend.interest
        guard wanted.rawValue != current.rawValue else { return }
        let descriptor = side.isClient ? client.descriptor : backend.descriptor
        guard descriptor >= 0 else { return }
        let token = worker.registrations.token(side.isClient ? clientSlot : backendSlot)
        do {
            if wanted.rawValue == 0 {
                worker.epoll.remove(descriptor)
            } else if current.rawValue == 0 {
                try worker.epoll.add(descriptor, wanted, token: token)
            } else {
                try worker.epoll.modify(descriptor, wanted, token: token)
            }
        } catch {
            // Only a shortage of kernel memory gets here; the deadline will end what can no longer be watched.
            worker.shared.registry.process.internalError()
        }
        if side.isClient { client.interest = wanted } else { backend.interest = wanted }
    }

    @inline(__always)
    func receive(_ side: Session.Side, limit: Int) -> Stream.Received {
        side.isClient ? client.receive(into: scratch, limit: limit) : backend.receive(into: scratch, limit: limit)
    }

    @inline(__always)
    func transmit(_ bytes: UnsafeRawBufferPointer, to side: Session.Side) -> Stream.Ending? {
        side.isClient ? client.send(bytes, scratch: scratch) : backend.send(bytes, scratch: scratch)
    }

    func transmit(_ bytes: [UInt8], to side: Session.Side) -> Stream.Ending? {
        bytes.withUnsafeBytes { transmit($0, to: side) }
    }

    @inline(__always)
    func backlogCount(_ side: Session.Side) -> Int { side.isClient ? client.backlog.count : backend.backlog.count }
}

// On the path of every message: a switch and a mask, where `==` and `contains` would go through their protocols.
extension Session.Side {
    @inline(__always) var isClient: Bool {
        switch self {
        case .client: true
        case .backend: false
        }
    }
}

extension Interest {
    @inline(__always) var reads: Bool { rawValue & 1 != 0 }
    @inline(__always) var writes: Bool { rawValue & 4 != 0 }
    @inline(__always) init(reads: Bool, writes: Bool) { self.init(rawValue: (reads ? 1 : 0) | (writes ? 4 : 0)) }
}
