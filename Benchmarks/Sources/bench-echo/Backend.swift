import BenchCore
import Glibc

/// Accepts connections on one thread and treats them all alike: a WebSocket becomes a tunnel, plain requests get one and the same answer.
/// Ends when standard input ends.
final class Backend {
    /// What a tunnel gets.
    enum Mode: String, CaseIterable {
        /// Every data frame back, unmasked.
        case echo
        /// Messages without end, as fast as the connection takes them.
        case flood
        /// Nothing; what comes is read and dropped.
        case hold
        /// One message to all tunnels, again and again.
        case fanout
    }

    let mode: Mode
    let port: UInt16
    let floodTemplate: FrameTemplate
    /// What every plain request gets.
    let answer: [UInt8]
    /// One area for what was received and one for what it became, shared by all tunnels: none holds bytes between two turns.
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024 + 1024, alignment: 64)
    private let epoll: Epoll
    private let listener: Int32
    private(set) var tunnels: [BackendTunnel?] = []
    private var free: [Int] = []
    private let tls: ServerTLS?
    private var accepted = 0
    /// TLS handshakes that took up an earlier session.
    var resumed = 0
    /// Connections that are tunnels by now.
    var opened = 0
    /// In mode `fanout`; `nil` in others.
    var fanOut: FanOut?

    private static let listenerTag = UInt64.max
    private static let inputTag = UInt64.max - 1

    init(mode: Mode, listener: Int32, tls: ServerTLS?, bytes: Int, answerBytes: Int, fanOut: FanOut?) throws(SystemFailure) {
        self.mode = mode
        self.listener = listener
        self.tls = tls
        self.fanOut = fanOut
        answer = PlainRequest.answer(bodyBytes: answerBytes)
        port = Socket.port(of: listener)
        floodTemplate = FrameTemplate(
            FrameWriter.frame(opcode: 2, payload: [UInt8](repeating: 0x5A, count: bytes), mask: nil), area: 256 * 1024)
        epoll = try Epoll()
        try epoll.add(listener, .readable, tag: Self.listenerTag)
    }

    deinit {
        close(listener)
        input.deallocate()
        output.deallocate()
    }

    func run() throws(SystemFailure) {
        // A file or /dev/null as standard input cannot be watched; then only the lifetime ends this process.
        try? epoll.add(0, .readable, tag: Self.inputTag)
        while true {
            for index in 0 ..< (try epoll.wait(timeout: try sendToAll())) {
                let (tag, ready) = epoll.event(index)
                if tag == Self.inputTag {
                    if inputEnded() { return }
                } else if tag == Self.listenerTag {
                    try acceptAll()
                } else {
                    try serve(Int(truncatingIfNeeded: tag), ready)
                }
            }
        }
    }

    /// What happened since the start.
    func report() {
        var report = Report(event: "end")
        report.add("accepted", accepted)
        report.add("resumed", resumed)
        report.send()
    }

    private func inputEnded() -> Bool { read(0, input.baseAddress, 64) == 0 }

    private func acceptAll() throws(SystemFailure) {
        while let descriptor = try Socket.accept(listener) {
            let stream = if let tls { Stream(descriptor, tls: tls) } else { Stream(plain: descriptor) }
            guard let stream else { throw SystemFailure("SSL_new", ENOMEM) }
            accepted += 1
            let tunnel = BackendTunnel(stream)
            let index = free.popLast() ?? tunnels.count
            if index == tunnels.count { tunnels.append(tunnel) } else { tunnels[index] = tunnel }
            try epoll.add(descriptor, .readable, tag: UInt64(index))
        }
    }

    private func serve(_ index: Int, _ ready: Epoll.Interest) throws(SystemFailure) {
        guard tunnels.indices.contains(index), let tunnel = tunnels[index] else { return }
        var alive = true
        if ready.contains(.writable) { alive = tunnel.flush(for: self) }
        // A tunnel with a backlog is not read: the client waits, as behind any server that is held up.
        if alive && !ready.isDisjoint(with: [.readable, .broken]) { alive = tunnel.receive(for: self) }
        guard alive else {
            // The descriptor leaves epoll as its stream closes it.
            tunnels[index] = nil
            free.append(index)
            return
        }
        try settle(tunnel, index)
    }

    /// Brings epoll's view of a tunnel up to date after it acted.
    func settle(_ tunnel: BackendTunnel, _ index: Int) throws(SystemFailure) {
        let interest = tunnel.wanted
        if interest != tunnel.interest {
            tunnel.interest = interest
            try epoll.change(tunnel.stream.descriptor, interest, tag: UInt64(index))
        }
    }
}
