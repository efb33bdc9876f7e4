import BenchCore

extension Load {
    /// How long answers are awaited after the window.
    private static let patience: UInt64 = 10_000_000_000

    /// Runs the load: a warm-up, then the window that counts, with a report at either edge, then a report of latencies once all that
    /// should have begun in the window has ended. The runner reads the proxy's CPU time as it gets the first two; each carries the time
    /// it was written at, so that the runner knows how late it was. The load goes on until the last.
    func measure() throws(SystemFailure) {
        let begin = Surroundings.now()
        try startSending(at: begin)
        try work(until: begin + plan.warmup)
        messages = 0
        receivedBytes = 0
        resumed = 0
        let opened = Surroundings.now()
        latency.open(from: opened, to: opened + plan.window)
        report("begin", at: opened, since: opened)
        try work(until: opened + plan.window)
        let closed = Surroundings.now()
        report("end", at: closed, since: opened)
        try work(until: closed + Self.patience) { self.isComplete(beyond: opened + self.plan.window) }
        reportLatency()
        guard plan.linger else { return }
        try? epoll.add(0, .readable, tag: Self.inputTag)
        try work(until: Surroundings.now() + 30_000_000_000)
    }

    private func startSending(at begin: UInt64) throws(SystemFailure) {
        switch plan.mode {
        case .sink, .gather: return
        case .dial:
            isDialling = true
            if let rate = plan.rate {
                idle = tunnels
                return schedule(1e9 / rate, from: begin)
            }
            for tunnel in tunnels { try dialled(tunnel) }
        case .echo, .request, .idle:
            if let rate = plan.rate { return schedule(1e9 / rate / Double(plan.tunnels), from: begin) }
            isClosedLoop = true
            for tunnel in tunnels {
                tunnel.say(intended: Surroundings.now(), in: self)
                try settle(tunnel)
            }
        }
    }

    private func schedule(_ step: Double, from begin: UInt64) {
        scheduleStart = begin
        scheduleStep = max(1, UInt64(step))
    }

    /// Ends early when it is done, or when standard input is watched and ends.
    private func work(until end: UInt64, unless isDone: () -> Bool = { false }) throws(SystemFailure) {
        while Surroundings.now() < end && !isDone() {
            let due = try sendDue()
            if try turn(until: min(end, due)) { return }
        }
    }

    /// Whether all that should have begun before `end` has ended.
    private func isComplete(beyond end: UInt64) -> Bool {
        if hasFailed { return true }
        // Of a fan-out that nobody has a byte of, only a later one tells that it was whole.
        if plan.mode == .gather && newestStamp < end { return false }
        return latency.missing == 0 && nextDue >= end
    }

    /// When the schedule wants the next message or dial; never without one.
    private var nextDue: UInt64 { scheduleStep > 0 ? scheduleStart + scheduled * scheduleStep : .max }

    /// Sends (or dials) what the schedule demands by now, whether or not earlier answers are back; when the next is due.
    private func sendDue() throws(SystemFailure) -> UInt64 {
        guard scheduleStep > 0 else { return .max }
        while nextDue <= Surroundings.now() {
            if isDialling {
                // With all of them under way the dial waits, and its latency counts from when it was due.
                guard let tunnel = idle.popLast() else { return .max }
                let due = nextDue
                scheduled += 1
                try tunnel.dial(intended: due, in: self)
            } else {
                let tunnel = tunnels[Int(scheduled % UInt64(tunnels.count))]
                let due = nextDue
                scheduled += 1
                tunnel.say(intended: due, in: self)
                try settle(tunnel)
            }
        }
        return nextDue
    }

    private func report(_ event: String, at now: UInt64, since begin: UInt64) {
        var report = Report(event: event)
        report.add("monotonic_ns", now)
        report.add("window_ns", now - begin)
        report.add("messages", messages)
        report.add("received_bytes", receivedBytes)
        report.add("resumed", resumed)
        report.add("errors", errors)
        report.send()
    }

    private func reportLatency() {
        let lost = latency.giveUp(at: Surroundings.now())
        var report = Report(event: "latency")
        report.add("count", latency.histogram.total)
        report.add("unanswered", lost)
        if latency.histogram.total > 0 {
            for (name, quantile) in [("p50_us", 0.5), ("p90_us", 0.9), ("p99_us", 0.99), ("p999_us", 0.999)] {
                report.add(name, Double(latency.histogram.value(at: quantile)) / 1e3)
            }
            report.add("max_us", Double(latency.histogram.largest) / 1e3)
        }
        report.send()
    }
}
