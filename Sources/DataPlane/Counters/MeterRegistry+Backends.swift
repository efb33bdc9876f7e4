import Telemetry

/// The families that are counted per backend.
extension MeterRegistry {
    func backendFamilies(
        _ backends: [BackendMeter], _ conditions: [BackendKey: BackendCondition], at now: UInt64
    ) -> [MetricFamily] {
        var up = MetricFamily(MetricNames.backendUp)
        var states = MetricFamily(MetricNames.backendState)
        var checks = MetricFamily(MetricNames.backendChecks)
        var ejections = MetricFamily(MetricNames.backendEjections)
        var slowStarts = MetricFamily(MetricNames.backendSlowStart)
        var draining = MetricFamily(MetricNames.backendDrainingTunnels)
        var failures = MetricFamily(MetricNames.backendConnectFailures)
        let labelled = backends.map { (labels: [$0.key.pool, $0.key.backend], meter: $0) }
        for (labels, meter) in labelled.sorted(by: { $0.labels.lexicographicallyPrecedes($1.labels) }) {
            let condition = conditions[meter.key]
            let state = condition?.label ?? .ready
            up.samples.append(MetricSample(labels, .unsigned(condition?.isInService ?? true ? 1 : 0)))
            states.samples += BackendStateLabel.allCases.map {
                MetricSample(labels + [$0.rawValue], .unsigned($0 == state ? 1 : 0))
            }
            ejections.samples.append(MetricSample(labels, .unsigned(meter.ejections)))
            slowStarts.samples.append(MetricSample(labels, .real(condition?.slowStartRatio(at: now) ?? 1)))
            draining.samples.append(MetricSample(labels, .signed(condition?.tunnelsLeaving ?? 0)))
            checks.samples += Self.counted(labels, meter.checks)
            failures.samples += Self.counted(labels, meter.connectFailures)
        }
        return [up, states, checks, ejections, slowStarts, draining, failures]
    }

    /// Only what occurred.
    private static func counted<Label: MetricLabel>(_ labels: [String], _ read: (Label) -> UInt64) -> [MetricSample] {
        Label.allCases.compactMap { label in
            let count = read(label)
            return count == 0 ? nil : MetricSample(labels + [label.rawValue], .unsigned(count))
        }
    }

    /// Tunnels open now to each of a pool's backends, by its label, worker by worker. A backend that never had one may be left out.
    public func tunnelsPerWorker(ofPool pool: String) -> [String: [Int]] {
        let meters = state.withLock { $0.tunnels.values.filter { $0.key.pool == pool } }
        return meters.reduce(into: [:]) { counts, meter in
            var known = counts[meter.key.backend] ?? [Int](repeating: 0, count: workers)
            for worker in known.indices { known[worker] += meter.active(worker: worker) }
            counts[meter.key.backend] = known
        }
    }
}

extension BackendCondition {
    /// The state to be shown: the operator's word first, then what keeps it from taking connections.
    public var label: BackendStateLabel {
        switch administrative {
        case .maint: .maint
        case .drain: .drain
        case .ready:
            if saysDraining {
                .draining
            } else if health == .down {
                .down
            } else if isEjected {
                .ejected
            } else if health == .unknown && isChecked {
                .unknown
            } else {
                isOnProbation ? .probation : .ready
            }
        }
    }
}
