/// What the admin API tells about pools. Names are promises: extend, never rename.
extension JSONText {
    static func pools(_ pools: [PoolView]) -> JSONText {
        var text = JSONText()
        text.object { $0.member("pools") { $0.array(pools) { $0.write($1) } } }
        return text
    }

    static func pool(_ pool: PoolView) -> JSONText {
        var text = JSONText()
        text.write(pool)
        return text
    }

    static func backend(_ backend: BackendView) -> JSONText {
        var text = JSONText()
        text.write(backend)
        return text
    }

    static func message(_ words: String) -> JSONText {
        var text = JSONText()
        text.object { $0.member("result", words) }
        return text
    }

    private mutating func write(_ pool: PoolView) {
        object { text in
            text.member("name", pool.name)
            text.member("balance", pool.balance)
            text.member("panic", pool.isInPanic)
            text.member("rebalancing", pool.isRebalancing)
            text.member("backends") { $0.array(pool.backends) { $0.write($1) } }
        }
    }

    private mutating func write(_ backend: BackendView) {
        object { text in
            text.member("backend", backend.label)
            text.member("state", backend.state)
            text.member("administrative", backend.administrative)
            if let health = backend.health { text.member("health", health) }
            if !backend.lastFailure.isEmpty { text.member("last_failure", backend.lastFailure) }
            text.member("in_service", backend.isInService)
            text.member("since_seconds", backend.sinceSeconds)
            text.member("ejected", backend.isEjected)
            if let seconds = backend.ejectedSeconds { text.member("ejected_seconds", seconds) }
            text.member("probation", backend.isOnProbation)
            text.member("slow_start_ratio", backend.slowStartRatio)
            text.member("live", backend.live)
            text.member("weight", backend.weight)
            text.member("priority", backend.priority)
            text.member("backup", backend.isBackup)
            if let zone = backend.zone { text.member("zone", zone) }
            guard let draining = backend.draining else { return }
            text.member("draining") { text in
                text.object { text in
                    text.member("total", draining.total)
                    text.member("left", draining.left)
                    text.member("since_seconds", draining.sinceSeconds)
                }
            }
        }
    }
}
