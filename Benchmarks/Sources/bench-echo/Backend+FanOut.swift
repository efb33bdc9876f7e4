import BenchCore

extension Backend {
    /// Sends the fan-out message if it is due; how many nanoseconds to wait for the next, negative for ever.
    func sendToAll() throws(SystemFailure) -> Int64 {
        guard fanOut != nil else { return -1 }
        let now = Surroundings.now()
        guard let wait = fanOut?.wait(opened: opened, now: now) else { return -1 }
        if wait != 0 { return wait }
        guard let frame = fanOut?.frame(now: now) else { return -1 }
        for (index, tunnel) in tunnels.enumerated() {
            // One whose connection is lost is found out as epoll tells of it.
            guard let tunnel, frame.withUnsafeBytes({ tunnel.push($0, for: self) }) else { continue }
            try settle(tunnel, index)
        }
        return fanOut?.wait(opened: opened, now: Surroundings.now()) ?? -1
    }
}
