import BenchCore

extension Load {
    /// Opens all tunnels, `plan.opening` at a time, and reports. Those that fail are counted, not tried again.
    func open() throws(SystemFailure) {
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

    /// A connection to the proxy that has just begun.
    func connect() throws(SystemFailure) -> Stream {
        let descriptor = try Socket.connect(plan.address)
        let stream = if let tls = plan.tls { Stream(descriptor, tls: tls) } else { Stream(plain: descriptor) }
        guard let stream else { throw SystemFailure("SSL_new", 12) }
        return stream
    }
}
