import BenchCore

extension Load {
    /// Runs the load: a warm-up, then the window that counts, with a report at either edge. The runner reads the proxy's CPU time
    /// as it gets these reports; each carries the time it was written at, so that the runner knows how late it was.
    func measure() throws(SystemFailure) {
        let begin = Surroundings.now()
        try startSending(at: begin)
        try work(until: begin + plan.warmup)
        messages = 0
        receivedBytes = 0
        latency.reset()
        let opened = Surroundings.now()
        report("begin", at: opened, since: opened)
        try work(until: opened + plan.window)
        report("end", at: Surroundings.now(), since: opened)
        guard plan.linger else { return }
        try? epoll.add(0, .readable, tag: Self.inputTag)
        try work(until: Surroundings.now() + 30_000_000_000)
    }

    private func startSending(at begin: UInt64) throws(SystemFailure) {
        if plan.mode == .sink { return }
        if plan.mode == .dial {
            isDialling = true
            for tunnel in tunnels { try tunnel.dialAgain(in: self) }
            return
        }
        if let rate = plan.rate {
            scheduleStart = begin
            scheduleStep = max(1, UInt64(1e9 / rate / Double(plan.tunnels)))
            return
        }
        isClosedLoop = true
        for tunnel in tunnels {
            tunnel.say(in: self)
            try settle(tunnel)
        }
    }

    /// Ends early when standard input is watched and ends.
    private func work(until end: UInt64) throws(SystemFailure) {
        while Surroundings.now() < end {
            let due = try sendDue()
            if try turn(until: min(end, due)) { return }
        }
    }

    /// Sends what the schedule demands by now, whether or not earlier echoes are back; when the next message is due.
    private func sendDue() throws(SystemFailure) -> UInt64 {
        guard scheduleStep > 0 else { return .max }
        while true {
            let due = scheduleStart + scheduled * scheduleStep
            if due > Surroundings.now() { return due }
            let tunnel = tunnels[Int(scheduled % UInt64(tunnels.count))]
            scheduled += 1
            tunnel.say(in: self)
            try settle(tunnel)
        }
    }

    private func report(_ event: String, at now: UInt64, since begin: UInt64) {
        var report = Report(event: event)
        report.add("monotonic_ns", now)
        report.add("window_ns", now - begin)
        report.add("messages", messages)
        report.add("received_bytes", receivedBytes)
        report.add("errors", errors)
        if event == "end" && latency.total > 0 {
            for (name, quantile) in [("p50_us", 0.5), ("p90_us", 0.9), ("p99_us", 0.99), ("p999_us", 0.999)] {
                report.add(name, Double(latency.value(at: quantile)) / 1e3)
            }
            report.add("max_us", Double(latency.largest) / 1e3)
        }
        report.send()
    }
}
