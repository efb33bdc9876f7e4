import BenchCore

extension Load {
    /// Opens all tunnels, `plan.opening` at a time, and reports. Those that fail are counted, not tried again.
    func open() throws(SystemFailure) {
        if plan.mode == .dial && plan.rate != nil { return openNone() }
        let begin = Surroundings.now()
        let deadline = begin + UInt64(Self.openingSeconds) * 1_000_000_000
        while true {
            while tunnels.count < plan.tunnels && tunnels.count - settledCount < plan.opening { try start() }
            if settledCount == plan.tunnels { break }
            guard Surroundings.now() < deadline else {
                count(error: "opening took too long")
                break
            }
            _ = try turn(until: deadline)
        }
        reportOpen(since: begin)
    }

    /// Dials on a schedule begin with no tunnel.
    private func openNone() {
        tunnels = (0 ..< plan.tunnels).map { Tunnel(index: $0, nil) }
        reportOpen(since: Surroundings.now())
    }

    private func reportOpen(since begin: UInt64) {
        var report = Report(event: "open")
        report.add("tunnels", openCount)
        report.add("seconds", Double(Surroundings.now() - begin) / 1e9)
        report.add("errors", errors)
        report.send()
    }

    private var settledCount: Int { openCount + errors.values.reduce(0, +) }

    private func start() throws(SystemFailure) {
        let stream = try connect()
        let tunnel = Tunnel(index: tunnels.count, stream)
        tunnels.append(tunnel)
        try epoll.add(stream.descriptor, tunnel.interest, tag: UInt64(tunnel.index))
    }

    /// A connection to the proxy that has just begun, and offers to take up `session` if there is one.
    func connect(session: TLSSession? = nil) throws(SystemFailure) -> Stream {
        let descriptor = try Socket.connect(plan.address)
        let stream = if let tls = plan.tls { Stream(descriptor, tls: tls, session: session) } else { Stream(plain: descriptor) }
        guard let stream else { throw SystemFailure("SSL_new", 12) }
        return stream
    }
}
