import BenchCore
import Glibc

/// One connection of the load generator, from the connect to the end.
final class Tunnel {
    enum Stage { case connecting, securing, upgrading, open, over }

    let index: Int
    /// `nil` once the tunnel is over.
    var stream: Stream?
    var interest: Epoll.Interest = .writable
    private(set) var wanted: Epoll.Interest = .writable
    private(set) var stage = Stage.connecting
    var outbox = Outbox()
    var reader = FrameReader()
    var answers = AnswerReader()
    var opcode: UInt8 = 0
    var control: [UInt8] = []
    /// How far the current message's payload was compared.
    var compared = 0
    /// When the message, or the dial, that is under way should have begun; 0 for a tunnel's first dial, which no measurement counts. With
    /// messages on a schedule, that of the last one.
    var intended: UInt64 = 0
    /// Messages whose echo came, since the tunnel opened; on a fixed schedule it tells when the next one should have been sent.
    var echoed: UInt64 = 0
    /// What the next dial offers to take up.
    var session: TLSSession?
    /// The beginning of the current fan-out message.
    var stamp: [UInt8] = []
    private var head: [UInt8] = []

    init(index: Int, _ stream: Stream?) {
        self.index = index
        self.stream = stream
    }

    /// Back to the stage in which a connect is awaited.
    func begin() {
        stage = .connecting
        interest = .writable
        wanted = .writable
        reader = FrameReader()
    }

    /// Sends the next message or request, which should have gone at `intended`, or as much of it as goes.
    func say(intended: UInt64, in load: Load) {
        guard stage == .open else { return }
        outbox.frames += 1
        self.intended = intended
        load.latency.began(intended: intended)
        flush(in: load)
    }

    /// Acts on readiness, whatever stage the tunnel is in.
    func advance(_ ready: Epoll.Interest, in load: Load) {
        switch stage {
        case .connecting:
            let code = stream.map { Socket.pendingError(of: $0.descriptor) } ?? 0
            if code != 0 { return fail("connect", in: load) }
            stage = .securing
            secure(in: load)
        case .securing: secure(in: load)
        case .upgrading, .open:
            if ready.contains(.writable) { flush(in: load) }
            if !ready.isDisjoint(with: [.readable, .broken]) { receive(in: load) }
        case .over: break
        }
    }

    /// Ends the tunnel; `error` names the kind of loss, in plain words.
    func fail(_ error: String, in load: Load) {
        guard stage != .over else { return }
        if stage == .open { load.openCount -= 1 }
        load.count(error: error)
        stage = .over
        stream = nil
    }

    func flush(in load: Load) {
        guard let stream else { return }
        switch outbox.flush(to: stream, template: load.message) {
        case .drained: wanted = .readable
        case .blocked: wanted = [.readable, .writable]
        case .failed: fail("send", in: load)
        }
    }

    private func secure(in load: Load) {
        switch stream?.handshake() {
        case .done where load.plan.mode == .request:
            // Plain requests need no tunnel.
            stage = .open
            load.openCount += 1
            wanted = .readable
        case .done:
            stage = .upgrading
            outbox.append(load.request)
            flush(in: load)
        case .wantsRead: wanted = .readable
        case .wantsWrite: wanted = .writable
        case .failed, nil: fail("tls", in: load)
        }
    }

    private func receive(in load: Load) {
        // At most a few reads, so that one busy tunnel does not keep the others waiting; epoll tells of the rest, except of what
        // OpenSSL holds.
        var turns = 0
        while let stream, turns < 4 || stream.holdsUnread {
            turns += 1
            switch stream.receive(into: load.scratch) {
            case .blocked: return
            case .ended: return fail(stage == .open ? "closed by peer" : "closed before upgrade", in: load)
            case .failed: return fail(stage == .open ? "receive" : "reset before upgrade", in: load)
            case .moved(let count):
                let bytes = UnsafeRawBufferPointer(rebasing: load.scratch[..<count])
                switch stage {
                case .open where load.plan.mode == .request: takeAnswers(bytes, in: load)
                case .open: accept(bytes, in: load)
                default: upgrade(bytes, in: load)
                }
                if count < load.scratch.count && !stream.holdsUnread { return }
            }
        }
    }

    private func upgrade(_ bytes: UnsafeRawBufferPointer, in load: Load) {
        head.append(contentsOf: bytes)
        guard let length = head.withUnsafeBytes({ Head.length(of: $0) }) else {
            if head.count > 64 * 1024 { fail("upgrade", in: load) }
            return
        }
        let accepted = head.withUnsafeBytes { Upgrade.isAccepted(UnsafeRawBufferPointer(rebasing: $0[..<length])) }
        guard accepted else { return fail("upgrade", in: load) }
        let early = Array(head[length...])
        head = []
        stage = .open
        load.openCount += 1
        if !early.isEmpty { early.withUnsafeBytes { accept($0, in: load) } }
    }
}
