import BenchCore
import Glibc

/// All tunnels of one run, on one thread.
final class Load {
    /// How long the opening of all tunnels may take.
    static let openingSeconds = 120

    let plan: Plan
    let epoll: Epoll
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)
    let request: [UInt8]
    /// What is sent over and over: a masked message, or a plain request.
    let message: FrameTemplate
    /// The payload, or the answer's body, that must come back.
    let payload: [UInt8]

    var tunnels: [Tunnel] = []
    var openCount = 0
    var messages: UInt64 = 0
    var receivedBytes: UInt64 = 0
    /// What went wrong, by kind.
    var errors: [String: Int] = [:]
    var latency = LatencyWindow()
    /// When the fixed schedule began, and nanoseconds between two messages of any two tunnels.
    var scheduleStart: UInt64 = 0
    var scheduleStep: UInt64 = 0
    /// How many messages of the schedule went out.
    var scheduled: UInt64 = 0
    /// Whether the next message follows the echo of the last.
    var isClosedLoop = false
    /// Whether a tunnel that opened is closed at once and another one opened.
    var isDialling = false
    /// With dials on a schedule: tunnels that are free for the next one.
    var idle: [Tunnel] = []
    /// TLS handshakes that took up an earlier session, since the window began.
    var resumed: UInt64 = 0
    /// Messages of a fan-out that not all tunnels have yet: how many do.
    var rounds: [UInt64: Int] = [:]
    /// When the newest of them was sent.
    var newestStamp: UInt64 = 0

    /// Tags above every index.
    static let inputTag = UInt64.max

    init(_ plan: Plan) throws(SystemFailure) {
        self.plan = plan
        epoll = try Epoll()
        request = Upgrade.request(host: plan.host, path: plan.path)
        payload = Payload.pattern(plan.bytes)
        message = FrameTemplate(
            plan.mode == .request
                ? PlainRequest.request(host: plan.host, path: plan.path)
                : FrameWriter.frame(opcode: 2, payload: payload, mask: 0x9C3A_5E71))
        tunnels.reserveCapacity(plan.tunnels)
    }

    deinit { scratch.deallocate() }

    var hasFailed: Bool { !errors.isEmpty }

    func count(error: String) { errors[error, default: 0] += 1 }

    /// Waits for events until `deadline` at the latest and lets the tunnels act on them. `true` when standard input ended.
    func turn(until deadline: UInt64) throws(SystemFailure) -> Bool {
        let now = Surroundings.now()
        var inputEnded = false
        for index in 0 ..< (try epoll.wait(timeout: deadline > now ? Int64(clamping: deadline - now) : 0)) {
            let (tag, ready) = epoll.event(index)
            if tag == Self.inputTag {
                if read(0, scratch.baseAddress, 64) == 0 { inputEnded = true }
            } else if tag < UInt64(tunnels.count) {
                try advance(tunnels[Int(tag)], ready)
            }
        }
        return inputEnded
    }

    private func advance(_ tunnel: Tunnel, _ ready: Epoll.Interest) throws(SystemFailure) {
        tunnel.advance(ready, in: self)
        if isDialling && tunnel.stage == .open { return try dialled(tunnel) }
        try settle(tunnel)
    }

    /// Brings epoll's view of a tunnel up to date after it acted.
    func settle(_ tunnel: Tunnel) throws(SystemFailure) {
        guard let stream = tunnel.stream, tunnel.wanted != tunnel.interest else { return }
        tunnel.interest = tunnel.wanted
        try epoll.change(stream.descriptor, tunnel.interest, tag: UInt64(tunnel.index))
    }
}
