import BenchCore

/// One connection of the backend, from the accept to the end.
final class BackendTunnel {
    private enum Stage {
        /// TLS shakes hands; a plain connection passes through at its first bytes.
        case securing
        /// Requests are read and answered, until one asks for a tunnel.
        case heads
        case tunnel
    }

    let stream: Stream
    var interest: Epoll.Interest = .readable
    private var head: [UInt8] = []
    private var stage = Stage.securing
    private var isClosing = false
    private var reader = FrameReader()
    private var opcode: UInt8 = 0
    private var control: [UInt8] = []
    private var outbox = Outbox()

    private static let headLimit = 64 * 1024

    init(_ stream: Stream) { self.stream = stream }

    /// What this tunnel waits for.
    var wanted: Epoll.Interest {
        if outbox.isEmpty { return .readable }
        return outbox.frames > 0 ? [.readable, .writable] : .writable
    }

    /// Sends what is left. `false` when the connection is over.
    func flush(for backend: Backend) -> Bool {
        switch outbox.flush(to: stream, template: backend.floodTemplate) {
        case .drained: !isClosing
        case .blocked: true
        case .failed: false
        }
    }

    /// Sends a whole frame if this is a tunnel by now. `false` when it is none, or when the connection is over.
    func push(_ frame: UnsafeRawBufferPointer, for backend: Backend) -> Bool {
        stage == .tunnel && send(frame, for: backend)
    }

    /// Reads what is there and answers. `false` when the connection is over.
    func receive(for backend: Backend) -> Bool {
        if stage == .securing { return secure(for: backend) }
        repeat {
            switch stream.receive(into: backend.input) {
            case .blocked: return true
            case .ended, .failed: return false
            case .moved(let count):
                let bytes = UnsafeMutableRawBufferPointer(rebasing: backend.input[..<count])
                guard stage == .tunnel ? relay(bytes, for: backend) : takeHeads(bytes, for: backend) else { return false }
            }
            // Of what OpenSSL holds no readiness will tell.
        } while stream.holdsUnread
        return true
    }

    private func secure(for backend: Backend) -> Bool {
        switch stream.handshake() {
        case .done:
            stage = .heads
            if stream.isResumed { backend.resumed += 1 }
            return receive(for: backend)
        // A server's part of a handshake is some KiB: the kernel takes it at once, and there is only reading to wait for.
        case .wantsRead: return true
        case .wantsWrite, .failed: return false
        }
    }

    /// Answers every whole request in `bytes` and behind what is held of a first one, until one of them becomes a tunnel.
    private func takeHeads(_ bytes: UnsafeMutableRawBufferPointer, for backend: Backend) -> Bool {
        if !head.isEmpty {
            head.append(contentsOf: bytes)
            var held = head
            head = []
            return held.withUnsafeMutableBytes { takeHeads($0, for: backend) }
        }
        var rest = bytes
        while let length = Head.length(of: UnsafeRawBufferPointer(rest)) {
            let request = UnsafeRawBufferPointer(rebasing: rest[..<length])
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[length...])
            if let answer = Upgrade.answer(to: request) { return open(answer, early: rest, for: backend) }
            guard PlainRequest.isGet(request) else { return false }
            guard backend.answer.withUnsafeBytes({ send($0, for: backend) }) else { return false }
        }
        head.append(contentsOf: rest)
        return head.count < Self.headLimit
    }

    private func open(_ answer: [UInt8], early: UnsafeMutableRawBufferPointer, for backend: Backend) -> Bool {
        stage = .tunnel
        backend.opened += 1
        outbox.append(answer)
        if backend.mode == .flood { outbox.frames = .max }
        guard early.isEmpty || relay(early, for: backend) else { return false }
        return flush(for: backend)
    }

    /// Echoes (or drops) what came: payload is unmasked on its way into the output area, which goes out in one send.
    private func relay(_ bytes: UnsafeMutableRawBufferPointer, for backend: Backend) -> Bool {
        var written = 0
        var cursor = 0
        do {
            while let event = try reader.next(in: UnsafeRawBufferPointer(bytes), cursor: &cursor) {
                switch event {
                case .header(let opcode, let final, let length):
                    self.opcode = opcode
                    guard opcode < 8 && backend.mode == .echo else { continue }
                    var header: [UInt8] = []
                    FrameWriter.appendHeader(to: &header, opcode: opcode, final: final, length: length, mask: nil)
                    written += copy(header, to: backend.output, at: written)
                case .payload(let start, let count, let offset, let ended):
                    let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[start ..< start + count])
                    FrameWriter.apply(mask: reader.mask, to: piece, offset: offset)
                    if opcode >= 8 {
                        control.append(contentsOf: piece)
                        guard control.count <= 125 else { return false }
                        if ended { written += answerControl(into: backend.output, at: written) }
                    } else if backend.mode == .echo {
                        let room = UnsafeMutableRawBufferPointer(rebasing: backend.output[written...])
                        room.copyMemory(from: UnsafeRawBufferPointer(piece))
                        written += count
                    }
                }
            }
        } catch {
            return false
        }
        return send(UnsafeRawBufferPointer(rebasing: backend.output[..<written]), for: backend)
    }

    private func copy(_ header: [UInt8], to area: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        UnsafeMutableRawBufferPointer(rebasing: area[offset...]).copyBytes(from: header)
        return header.count
    }

    private func answerControl(into area: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        defer { control.removeAll(keepingCapacity: true) }
        switch opcode {
        case 8:
            isClosing = true
            return copy(FrameWriter.frame(opcode: 8, payload: control, mask: nil), to: area, at: offset)
        case 9: return copy(FrameWriter.frame(opcode: 10, payload: control, mask: nil), to: area, at: offset)
        default: return 0
        }
    }

    private func send(_ bytes: UnsafeRawBufferPointer, for backend: Backend) -> Bool {
        guard !bytes.isEmpty else { return !isClosing }
        var rest = bytes
        if outbox.isEmpty {
            switch stream.send(bytes) {
            case .moved(let count): rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
            case .blocked: break
            case .ended, .failed: return false
            }
        }
        if rest.isEmpty { return !isClosing }
        outbox.append(rest)
        return backend.mode == .flood ? flush(for: backend) : true
    }
}
