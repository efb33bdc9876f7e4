import Balancing
import Session
import Transport

/// What a session holds of its backend: a place, a dial, a share in a placement. Each goes back once.
extension SessionDriver {
    /// Between the choice and this another worker may have filled it, or the pool.
    func acquire(_ backend: BackendRuntime, in pool: PoolRuntime) -> Bool {
        guard pool.places.take(limit: pool.capacity.maxConnections) else { return false }
        guard let limit = backend.facts.maxConnections else {
            backend.meter.acquire()
            return true
        }
        guard backend.meter.acquire(limit: limit) else {
            pool.places.giveBack()
            return false
        }
        return true
    }

    /// A dial begins, if its backend may have one more.
    func beginDial(_ record: TunnelRecord) -> Bool {
        guard record.backend.condition.beginDial(limit: record.route.pool.maxDials) else { return false }
        record.isDialing = true
        return true
    }

    /// The dial under way is over, whatever came of it.
    func endDial(_ tunnel: TunnelRecord) {
        guard tunnel.isDialing else { return }
        tunnel.isDialing = false
        tunnel.backend.condition.endDial()
        tunnel.route.pool.places.placeMayBeFree()
    }

    /// All of it goes back; nothing is held any more, or was.
    func giveBack() {
        if let tunnel { giveBack(tunnel) }
    }

    func giveBack(_ tunnel: TunnelRecord) {
        endDial(tunnel)
        tunnel.takeHold()?.release()
        guard tunnel.takePlace() else { return }
        tunnel.backend.meter.release()
        tunnel.route.pool.places.release()
    }
}
