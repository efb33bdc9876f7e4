import BenchCore

extension Tunnel {
    /// Counts the tunnel that just opened, closes it and opens the next in its place. What comes behind the 101 is not awaited.
    func dialAgain(in load: Load) throws(SystemFailure) {
        if dialledAt > 0 {
            let now = Surroundings.now()
            load.latency.record(now > dialledAt ? now - dialledAt : 0)
            load.messages += 1
        }
        load.openCount -= 1
        dialledAt = Surroundings.now()
        // The descriptor leaves epoll as its stream closes it; the next one may get its number.
        stream = nil
        let next = try load.connect()
        stream = next
        begin()
        try load.epoll.add(next.descriptor, interest, tag: UInt64(index))
    }
}
