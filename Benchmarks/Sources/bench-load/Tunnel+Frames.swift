import BenchCore
import Glibc

extension Tunnel {
    /// Takes in bytes of the open tunnel: echoes are compared and counted, pings answered.
    func accept(_ bytes: UnsafeRawBufferPointer, in load: Load) {
        load.receivedBytes += UInt64(bytes.count)
        var cursor = 0
        do {
            while stage == .open, let event = try reader.next(in: bytes, cursor: &cursor) {
                switch event {
                case .header(let opcode, _, _): self.opcode = opcode
                case .payload(let start, let count, let offset, let ended):
                    let piece = UnsafeRawBufferPointer(rebasing: bytes[start ..< start + count])
                    if opcode >= 8 {
                        takeControl(piece, ended, in: load)
                    } else if load.plan.mode == .gather {
                        gather(piece, offset: offset, ended, in: load)
                    } else {
                        takeData(piece, ended, in: load)
                    }
                }
            }
        } catch {
            fail("framing", in: load)
        }
    }

    /// Bytes of a message, or of a plain answer's body; with its last ones the next may go out.
    func takeData(_ piece: UnsafeRawBufferPointer, _ ended: Bool, in load: Load) {
        if load.plan.mode == .sink {
            if ended { load.messages += 1 }
            return
        }
        guard matches(piece, in: load) else { return fail("payload differs", in: load) }
        guard ended else { return }
        guard compared == load.payload.count else { return fail("payload differs", in: load) }
        compared = 0
        let now = Surroundings.now()
        load.latency.ended(intended: load.scheduleStep > 0 ? scheduledSend(in: load) : intended, at: now)
        load.messages += 1
        echoed += 1
        if load.isClosedLoop { say(intended: now, in: load) }
    }

    /// When the schedule wanted the message sent whose echo just came: several may be under way on one tunnel.
    private func scheduledSend(in load: Load) -> UInt64 {
        let position = echoed * UInt64(load.tunnels.count) + UInt64(index)
        return load.scheduleStart + position * load.scheduleStep
    }

    private func matches(_ piece: UnsafeRawBufferPointer, in load: Load) -> Bool {
        guard piece.count <= load.payload.count - compared else { return false }
        let same = load.payload.withUnsafeBytes { expected in
            guard let base = expected.baseAddress, let start = piece.baseAddress, piece.count > 0 else { return piece.isEmpty }
            return memcmp(base + compared, start, piece.count) == 0
        }
        compared += piece.count
        return same
    }

    private func takeControl(_ piece: UnsafeRawBufferPointer, _ ended: Bool, in load: Load) {
        control.append(contentsOf: piece)
        guard control.count <= 125 else { return fail("framing", in: load) }
        guard ended else { return }
        defer { control.removeAll(keepingCapacity: true) }
        if opcode == 8 { return fail("close frame", in: load) }
        if opcode == 9 {
            outbox.append(FrameWriter.frame(opcode: 10, payload: control, mask: 0x1B2D_4F60))
            flush(in: load)
        }
    }
}
