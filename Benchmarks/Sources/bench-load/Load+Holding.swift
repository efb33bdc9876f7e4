import BenchCore

extension Load {
    /// Keeps all tunnels, silent but for pongs, until standard input ends.
    func hold() throws(SystemFailure) {
        if plan.touch { try touchAll() }
        // A file or /dev/null as standard input cannot be watched; then only the lifetime ends this process.
        try? epoll.add(0, .readable, tag: Self.inputTag)
        report("ready")
        while true {
            if try turn(until: Surroundings.now() + 60_000_000_000) { break }
        }
        report("end")
    }

    private func touchAll() throws(SystemFailure) {
        for tunnel in tunnels {
            tunnel.say(intended: Surroundings.now(), in: self)
            try settle(tunnel)
        }
        let deadline = Surroundings.now() + 60_000_000_000
        while messages < UInt64(openCount) {
            guard Surroundings.now() < deadline else { return count(error: "echo missing") }
            _ = try turn(until: deadline)
        }
    }

    private func report(_ event: String) {
        var report = Report(event: event)
        report.add("tunnels", openCount)
        report.add("errors", errors)
        report.send()
    }
}
