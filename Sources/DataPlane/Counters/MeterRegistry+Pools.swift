import Telemetry

/// The families that are counted per pool.
extension MeterRegistry {
    func poolFamilies(_ pools: [PoolMeter]) -> [MetricFamily] {
        [
            histogram(MetricNames.upgradeDuration, pools) { $0.upgradeDurations },
            histogram(MetricNames.tunnelDuration, pools) { $0.tunnelDurations },
            histogram(MetricNames.backendConnectDuration, pools) { $0.connectDurations },
            histogram(MetricNames.backendTLSDuration, pools) { $0.tlsDurations },
            histogram(MetricNames.requestDuration, pools) { $0.requestDurations },
            histogram(MetricNames.queueWait, pools) { $0.queueWaits },
            MetricFamily(MetricNames.queueLength, pools.map { MetricSample([$0.name], .unsigned(UInt64(clamping: $0.places.waiting))) }),
            MetricFamily(MetricNames.backendConnectionsIdle, pools.map { MetricSample([$0.name], .unsigned($0.idle)) }),
            MetricFamily(MetricNames.backendReuses, pools.map { MetricSample([$0.name], .unsigned($0.reuses)) }),
            histogram(MetricNames.backendCheckDuration, pools) { $0.checkDurations },
            MetricFamily(MetricNames.rebalancedTunnels, pools.map { MetricSample([$0.name], .unsigned($0.rebalanced.load())) }),
            MetricFamily(MetricNames.poolRebalancing, pools.map { MetricSample([$0.name], .unsigned($0.isRebalancing ? 1 : 0)) }),
            MetricFamily(MetricNames.poolPanic, pools.map { MetricSample([$0.name], .unsigned($0.isInPanic ? 1 : 0)) }),
            perDirection(MetricNames.bytes, pools) { $0.bytes($1) },
            perDirection(MetricNames.flowControlPauses, pools) { $0.pauses($1) },
            perDirection(MetricNames.bufferedBytes, pools) { $0.buffered($1) },
            messages(pools), pings(pools), closes(pools), requests(pools), streams(pools),
        ]
    }

    private func histogram(
        _ definition: MetricDefinition, _ pools: [PoolMeter], _ read: (PoolMeter) -> HistogramSnapshot
    ) -> MetricFamily {
        MetricFamily(definition, pools.map { MetricSample([$0.name], .histogram(read($0))) })
    }

    private func perDirection(
        _ definition: MetricDefinition, _ pools: [PoolMeter], _ read: (PoolMeter, Direction) -> UInt64
    ) -> MetricFamily {
        var family = MetricFamily(definition)
        for pool in pools {
            for direction in Direction.allCases {
                family.samples.append(MetricSample([pool.name, direction.rawValue], .unsigned(read(pool, direction))))
            }
        }
        return family
    }

    private func messages(_ pools: [PoolMeter]) -> MetricFamily {
        var family = MetricFamily(MetricNames.messages)
        for pool in pools {
            for direction in Direction.allCases {
                for opcode in Opcode.allCases {
                    family.samples.append(
                        MetricSample(
                            [pool.name, direction.rawValue, opcode.rawValue],
                            .unsigned(pool.messages(direction, opcode))))
                }
            }
        }
        return family
    }

    private func pings(_ pools: [PoolMeter]) -> MetricFamily {
        var family = MetricFamily(MetricNames.pingRTT)
        for pool in pools {
            for side in Side.allCases {
                guard let histogram = pool.pingRTTs(side) else { continue }
                family.samples.append(MetricSample([pool.name, side.rawValue], .histogram(histogram)))
            }
        }
        return family
    }

    private func closes(_ pools: [PoolMeter]) -> MetricFamily {
        var family = MetricFamily(MetricNames.closes)
        for pool in pools {
            for side in Side.allCases {
                family.samples += pool.closes(side).map {
                    MetricSample([pool.name, side.rawValue, $0.code], .unsigned($0.count))
                }
            }
        }
        return family
    }

    private func streams(_ pools: [PoolMeter]) -> MetricFamily {
        var family = MetricFamily(MetricNames.streamsActive)
        for pool in pools {
            for kind in StreamKind.allCases {
                family.samples.append(MetricSample([pool.name, kind.rawValue], .unsigned(pool.streams(kind))))
            }
        }
        return family
    }

    private func requests(_ pools: [PoolMeter]) -> MetricFamily {
        var family = MetricFamily(MetricNames.requests)
        for pool in pools {
            family.samples += pool.requests.map { MetricSample([pool.name, $0.code], .unsigned($0.count)) }
        }
        return family
    }
}
