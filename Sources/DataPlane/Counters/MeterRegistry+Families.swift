import Telemetry
import Transport

/// What a scrape gets.
extension MeterRegistry {
    /// The whole exposition. Takes the registry's lock only to copy references: no worker ever waits for a scrape.
    public func render(openMetrics: Bool) -> [UInt8] {
        PrometheusText.write(families(at: Clock.monotonic()), format: openMetrics ? .openMetrics : .prometheus)
    }

    /// Every family, in the order of ``MetricNames/all``, its series sorted by their labels. `now` is nanoseconds of the monotonic clock.
    public func families(at now: UInt64) -> [MetricFamily] {
        let (state, pools) = self.state.withLock { state in
            state.prune()
            return (state, state.pools.values.filter { state.shows(pool: $0.name) })
        }
        let families =
            configurationFamilies(state.reload) + listenerFamilies(state.listeners.values.sorted { $0.name < $1.name })
            + tunnelFamilies(state.tunnels.values.filter(state.shows)) + routeFamilies(state.routes.values.sorted { $0.name < $1.name })
            + poolFamilies(pools.sorted { $0.name < $1.name })
            + backendFamilies(state.backends.values.filter(state.shows), state.conditions, at: now)
            + processFamilies() + ProcessFacts.read().families()
        var byName: [String: MetricFamily] = [:]
        for family in families { byName[family.definition.name] = family }
        return MetricNames.all.compactMap { byName[$0.name] }
    }

    private func configurationFamilies(_ reload: ReloadFacts) -> [MetricFamily] {
        [
            MetricFamily(MetricNames.buildInfo, [MetricSample([version], .unsigned(1))]),
            MetricFamily(
                MetricNames.configReloads,
                [
                    MetricSample([ReloadResult.success.rawValue], .unsigned(reload.successes)),
                    MetricSample([ReloadResult.failure.rawValue], .unsigned(reload.failures)),
                ]),
            MetricFamily(
                MetricNames.configLastReloadSuccessful, [MetricSample([], .unsigned(reload.lastSucceeded ? 1 : 0))]),
            MetricFamily(MetricNames.configLastReloadTime, [MetricSample([], .real(reload.lastSuccess))]),
            MetricFamily(
                MetricNames.certificateNotAfter,
                reload.certificates.sorted { $0.key < $1.key }.map { MetricSample([$0.key], .real($0.value)) }),
        ]
    }

    private func listenerFamilies(_ listeners: [ListenerMeter]) -> [MetricFamily] {
        var active = MetricFamily(MetricNames.connectionsActive)
        var total = MetricFamily(MetricNames.connections)
        var refused = MetricFamily(MetricNames.connectionsRefused)
        var handshakes = MetricFamily(MetricNames.tlsHandshakes)
        for meter in listeners {
            active.samples.append(MetricSample([meter.name], .unsigned(meter.active)))
            total.samples.append(MetricSample([meter.name], .unsigned(meter.total)))
            for reason in RefusalReason.allCases {
                refused.samples.append(MetricSample([meter.name, reason.rawValue], .unsigned(meter.refused(reason))))
            }
            handshakes.samples += handshakeSamples(meter)
        }
        return [active, total, refused, handshakes]
    }

    /// Only combinations that occurred: most of them cannot.
    private func handshakeSamples(_ meter: ListenerMeter) -> [MetricSample] {
        var samples: [MetricSample] = []
        for result in HandshakeResult.allCases {
            for version in TLSVersionLabel.allCases {
                for resumed in [false, true] {
                    let count = meter.handshakes(result, version, resumed: resumed)
                    guard count != 0 else { continue }
                    samples.append(
                        MetricSample([meter.name, result.rawValue, version.rawValue, "\(resumed)"], .unsigned(count)))
                }
            }
        }
        return samples
    }

    private func tunnelFamilies(_ tunnels: [TunnelMeter]) -> [MetricFamily] {
        let labelled = tunnels.map { (labels: [$0.key.route, $0.key.pool, $0.key.backend], meter: $0) }
            .sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
        return [
            MetricFamily(MetricNames.tunnelsActive, labelled.map { MetricSample($0.labels, .unsigned($0.meter.active)) }),
            MetricFamily(MetricNames.tunnels, labelled.map { MetricSample($0.labels, .unsigned($0.meter.total)) }),
        ]
    }

    private func routeFamilies(_ routes: [RouteMeter]) -> [MetricFamily] {
        var failures = MetricFamily(MetricNames.upgradeFailures)
        var requests = MetricFamily(MetricNames.requestFailures)
        for meter in routes {
            for reason in UpgradeFailureReason.allCases {
                let count = meter.upgradeFailures(reason)
                failures.samples.append(MetricSample([meter.name, reason.rawValue], .unsigned(count)))
            }
            for reason in RequestFailureReason.allCases {
                let count = meter.requestFailures(reason)
                requests.samples.append(MetricSample([meter.name, reason.rawValue], .unsigned(count)))
            }
        }
        return [failures, requests]
    }

    private func processFamilies() -> [MetricFamily] {
        let limits = LimitName.allCases.map { MetricSample([$0.rawValue], .unsigned(process.limitHits($0))) }
        let resolutions = ResolutionResult.allCases.map {
            MetricSample([$0.rawValue], .unsigned(process.resolutions($0)))
        }
        let held = (0..<process.workers).map {
            MetricSample(["\($0)"], .unsigned(process.connections(worker: $0)))
        }
        return [
            MetricFamily(MetricNames.limitsHit, limits),
            MetricFamily(MetricNames.resolutions, resolutions),
            MetricFamily(MetricNames.drainRemaining, [MetricSample([], .signed(max(0, process.drainRemaining)))]),
            MetricFamily(MetricNames.workerConnections, held),
            MetricFamily(MetricNames.logLinesDropped, [MetricSample([], .unsigned(process.logLinesDropped.load()))]),
            MetricFamily(MetricNames.internalErrors, [MetricSample([], .unsigned(process.internalErrors))]),
        ]
    }
}
