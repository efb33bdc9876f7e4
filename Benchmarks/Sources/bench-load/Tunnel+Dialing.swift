import BenchCore

extension Tunnel {
    /// Counts this tunnel, which is open, and closes it. What comes behind the 101 is not awaited.
    func endDial(in load: Load) {
        if intended > 0 {
            load.messages += 1
            load.latency.ended(intended: intended, at: Surroundings.now())
        }
        if stream?.isResumed == true { load.resumed += 1 }
        if load.plan.resumes { session = stream?.session ?? session }
        load.openCount -= 1
        // The descriptor leaves epoll as its stream closes it.
        stream = nil
    }

    /// Opens the next one in its place, which should have begun at `intended`.
    func dial(intended: UInt64, in load: Load) throws(SystemFailure) {
        self.intended = intended
        load.latency.began(intended: intended)
        let next = try load.connect(session: session)
        stream = next
        begin()
        try load.epoll.add(next.descriptor, interest, tag: UInt64(index))
    }
}
