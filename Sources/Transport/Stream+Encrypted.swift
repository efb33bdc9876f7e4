import CLinux
import TLS

extension Stream {
    /// What the handshake agreed on, for log and metrics; nil on a plain stream.
    public struct Negotiated: Sendable {
        public let version: StaticString
        public let isResumed: Bool
    }

    public mutating func negotiated() -> Negotiated? {
        guard let version = engine?.pointee.version, let resumed = engine?.pointee.isResumed else { return nil }
        return Negotiated(version: version, isResumed: resumed)
    }

    /// Says the first word of a handshake: call it once, when a connection made by `dialing` stands, and go on with
    /// `handshake(into:received:)` when the socket is readable. Complete at once on a plain stream.
    public mutating func beginHandshake(scratch: Scratch) -> Handshake {
        // What another engine may have left is nothing this one's peer said.
        scratch.tls.input = UnsafeRawBufferPointer(start: nil, count: 0)
        let step = engine?.pointee.handshake() ?? .complete
        if let failure = sendOutput(scratch) { return .failed(failure) }
        switch step {
        case .wantsInput: return .underway
        case .failed(let failure): return .failed(.tls(failure.reason))
        case .complete: return .complete
        }
    }

    /// What the engine alone can say for `peekIsQuiet`: data may flow, and the peer has not said that it will send no more.
    func engineIsOpen() -> Bool {
        guard let engine else { return true }
        return engine.pointee.isHandshakeComplete && !engine.pointee.hasReceivedCloseNotify
    }

    /// One recv, and what the engine makes of it: on the way to a complete handshake, or past it with the first bytes of
    /// data already in `received`.
    public mutating func handshake(into scratch: Scratch, received: inout Received) -> Handshake {
        let isFull: Bool
        switch takeCiphertext(scratch, limit: scratch.capacity) {
        case .nothing: return .underway
        case .ending(let ending): return .failed(ending == .fin ? .tls(.unexpectedEOF) : ending)
        case .bytes(let full): isFull = full
        }
        let step = engine?.pointee.handshake() ?? .complete
        if engine?.pointee.outputMayWait ?? false, scratch.tls.outputCount > 0 {
            postscript = Array(scratch.tls.outputBytes)
            scratch.tls.resetOutput()
        } else if let failure = sendOutput(scratch) {
            return .failed(failure)
        }
        switch step {
        case .wantsInput: return .underway
        case .failed(let failure): return .failed(.tls(failure.reason))
        case .complete:
            received = decrypt(scratch, isFull: isFull)
            return .complete
        }
    }

    mutating func receiveEncrypted(into scratch: Scratch, limit: Int) -> Received {
        switch takeCiphertext(scratch, limit: limit) {
        case .nothing: return Received()
        case .ending(.fin):
            return Received(ending: (engine?.pointee.hasReceivedCloseNotify ?? false) ? .fin : .truncated)
        case .ending(let ending): return Received(ending: ending)
        case .bytes(let isFull): return decrypt(scratch, isFull: isFull)
        }
    }

    private enum Ciphertext { case nothing, bytes(isFull: Bool), ending(Ending) }

    private mutating func takeCiphertext(_ scratch: Scratch, limit: Int) -> Ciphertext {
        let asked = min(limit, scratch.capacity)
        let got = cl_recv(descriptor, scratch.cipher, asked)
        guard got > 0 else { return Self.ending(got).map { .ending($0) } ?? .nothing }
        scratch.tls.input = UnsafeRawBufferPointer(start: scratch.cipher, count: got)
        return .bytes(isFull: got == asked)
    }

    private mutating func decrypt(_ scratch: Scratch, isFull: Bool) -> Received {
        var received = Received(isFull: isFull)
        let area = UnsafeMutableRawBufferPointer(start: scratch.plain, count: scratch.plainCapacity)
        while received.ending == nil {
            let room = UnsafeMutableRawBufferPointer(rebasing: area[received.count...])
            guard room.count > 0 else { break }
            switch engine?.pointee.read(into: room) ?? .wantsInput {
            case .bytes(let count):
                received.count += count
                continue
            case .wantsInput: break
            case .closeNotify: received.ending = .fin
            case .failed(let failure): received.ending = .tls(failure.reason)
            }
            break
        }
        // KeyUpdate answers and alerts.
        if let failure = sendOutput(scratch), received.ending == nil { received.ending = failure }
        return received
    }

    mutating func sendEncrypted(_ bytes: UnsafeRawBufferPointer, scratch: Scratch) -> Ending? {
        var rest = bytes
        while rest.count > 0 {
            let count = min(rest.count, max(engine?.pointee.writableCount ?? 0, 1))
            switch engine?.pointee.write(UnsafeRawBufferPointer(rebasing: rest.prefix(count))) ?? .done {
            case .done: rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            case .outputFull: return .tls(.internal)
            case .failed(let failure): return .tls(failure.reason)
            }
            if let failure = sendOutput(scratch) { return failure }
        }
        return nil
    }

    mutating func sendCloseNotify(scratch: Scratch) -> Ending? {
        engine?.pointee.closeNotify()
        return sendOutput(scratch, isLast: true)
    }

    /// What the engine said goes out in one send.
    private mutating func sendOutput(_ scratch: Scratch, isLast: Bool = false) -> Ending? {
        guard scratch.tls.outputCount > 0 else { return nil }
        defer { scratch.tls.resetOutput() }
        if !postscript.isEmpty {
            // Records are numbered: the earlier one goes first.
            guard scratch.tls.putInFront(postscript) else { return .tls(.internal) }
            postscript = []
        }
        return transmit(scratch.tls.outputBytes, isLast: isLast)
    }
}
