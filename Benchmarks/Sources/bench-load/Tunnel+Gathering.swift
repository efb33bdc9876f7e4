import BenchCore

extension Tunnel {
    /// Takes in payload of a fan-out message: the time until the last tunnel has it is what counts.
    func gather(_ piece: UnsafeRawBufferPointer, offset: UInt64, _ ended: Bool, in load: Load) {
        if offset == 0 { stamp.removeAll(keepingCapacity: true) }
        stamp.append(contentsOf: piece.prefix(max(0, Stamp.size - stamp.count)))
        guard ended else { return }
        guard let stamp = Stamp(stamp) else { return fail("payload differs", in: load) }
        load.messages += 1
        let reached = (load.rounds[stamp.sequence] ?? 0) + 1
        load.rounds[stamp.sequence] = reached
        load.newestStamp = max(load.newestStamp, stamp.sentAt)
        if reached == 1 { load.latency.began(intended: stamp.sentAt) }
        guard reached == load.tunnels.count else { return }
        load.rounds[stamp.sequence] = nil
        load.latency.ended(intended: stamp.sentAt, at: Surroundings.now())
    }
}
