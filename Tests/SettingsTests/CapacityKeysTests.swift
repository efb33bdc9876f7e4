import Testing

@testable import Settings

@Suite struct CapacityKeysTests {
    @Test func `without a word a pool takes what comes, and moves no tunnel`() throws {
        let pool = try #require(try pool("balance: random"))
        #expect(pool.maxConnections == nil)
        #expect(pool.queue == nil)
        #expect(pool.maxDials == 100)
        #expect(pool.retry == RetrySettings(attempts: 3, statuses: []))
        #expect(pool.maxLifetime == nil)
        #expect(pool.rebalance == nil)
        #expect(pool.drain == .over(.seconds(30)))
    }

    @Test func `bounds are numbers or off`() throws {
        #expect(try pool("max_connections: 10000000")?.maxConnections == 10_000_000)
        #expect(try pool("max_connections: off")?.maxConnections == nil)
        #expect(try pool("max_dials: 1")?.maxDials == 1)
        #expect(try pool("max_dials: off")?.maxDials == nil)
    }

    @Test func `a queue is off, on, or as written`() throws {
        #expect(try pool("queue: off")?.queue == nil)
        #expect(try pool("queue: on")?.queue == QueueSettings(size: 1000, timeout: .seconds(5)))
        #expect(try pool("queue: {}")?.queue == QueueSettings())
        #expect(
            try pool("queue: { size: 1, timeout: 5m }")?.queue == QueueSettings(size: 1, timeout: .seconds(300)))
    }

    @Test func `true and false are on and off, as YAML 1.1 writes them`() throws {
        for (word, isOn) in [("true", true), ("True", true), ("false", false), ("FALSE", false)] {
            #expect((try pool("queue: \(word)")?.queue == QueueSettings()) == isOn)
            #expect((try pool("rebalance: \(word)")?.rebalance == RebalanceSettings()) == isOn)
            #expect((try pool("slow_start: \(word)")?.slowStart != nil) == isOn)
            #expect((try pool("check: \(word)")?.check == CheckSettings()) == isOn)
            #expect((try pool("retry: \(word)")?.retry == RetrySettings()) == isOn)
        }
        #expect(try pool("max_dials: false")?.maxDials == nil)
        #expect(poolComplaint("max_dials: true").contains("`true` is no whole number"))
    }

    @Test func `a queue where nothing is ever full is a warning`() throws {
        let text = file(pool: "backends: [ \"ws://h\" ], queue: on, max_dials: off")
        #expect(try warnings(text) == ["6 pools.chat.queue: nothing ever waits, as no backend is ever full"])
        let bounded = "backends: [ { url: \"ws://h\", max_connections: 5 } ]"
        #expect(try warnings(file(pool: "\(bounded), queue: on, max_dials: off")).isEmpty)
        #expect(try warnings(file(pool: "backends: [ \"ws://h\" ], queue: on")).isEmpty)
        #expect(try warnings(file(pool: "backends: [ \"ws://h\" ], queue: on, max_dials: off, max_connections: 1")).isEmpty)
    }

    @Test func `who would wait for longer than a handshake may take is a warning`() throws {
        func warned(_ queue: String, _ rest: String) throws -> [String] {
            try warnings(file(pool: "backends: [ \"ws://h\" ], queue: \(queue)", rest: rest))
        }
        #expect(
            try warned("{ timeout: 11s }", "")
                == ["6 pools.chat.queue.timeout: nobody waits for so long: `timeouts.handshake` ends the wait after 10s"])
        #expect(try warned("{ timeout: 2s }", "timeouts: { handshake: 1500ms, connect: 1s }").first?.hasSuffix("after 1500ms") == true)
        #expect(try warned("{ timeout: 10s }", "").isEmpty)
        #expect(try warned("{ timeout: 1m }", "timeouts: { handshake: 1m }").isEmpty)
        #expect(try warned("on", "timeouts: { handshake: 1s, connect: 1s }").isEmpty)
    }

    @Test func `answers that are retried where nothing is tried twice are a warning`() throws {
        func warned(_ retry: String) throws -> [String] {
            try warnings(file(pool: "backends: [ \"ws://h\" ], retry: \(retry)"))
        }
        #expect(
            try warned("{ attempts: 1, statuses: [ 503 ] }") == ["6 pools.chat.retry.statuses: no answer is tried again with `attempts: 1`"])
        #expect(try warned("{ attempts: 2, statuses: [ 503 ] }").isEmpty)
        #expect(try warned("{ attempts: 1, statuses: [] }").isEmpty)
    }

    @Test func `retries have a number and statuses`() throws {
        #expect(try pool("retry: off")?.retry == RetrySettings(attempts: 1, statuses: []))
        #expect(try pool("retry: ")?.retry == RetrySettings())
        #expect(try pool("retry: on")?.retry == RetrySettings())
        #expect(
            try pool("retry: { attempts: 16, statuses: [ 504, 502 ] }")?.retry
                == RetrySettings(attempts: 16, statuses: [504, 502]))
        #expect(try pool("retry: { statuses: [] }")?.retry == RetrySettings())
    }

    @Test func `a lifetime is off, a time, or a time with jitter`() throws {
        #expect(try pool("max_lifetime: off")?.maxLifetime == nil)
        #expect(
            try pool("max_lifetime: 720h")?.maxLifetime
                == LifetimeSettings(time: .seconds(720 * 3600), jitterPercent: 10))
        #expect(try pool("max_lifetime: on")?.maxLifetime == LifetimeSettings(time: .seconds(14400), jitterPercent: 10))
        #expect(try pool("max_lifetime: {}")?.maxLifetime == LifetimeSettings(time: .seconds(14400), jitterPercent: 10))
        #expect(
            try pool("max_lifetime: { time: 1s, jitter: 0 }")?.maxLifetime
                == LifetimeSettings(time: .seconds(1), jitterPercent: 0))
    }

    @Test func `rebalancing is off, on, or as written`() throws {
        #expect(try pool("rebalance: off")?.rebalance == nil)
        #expect(
            try pool("rebalance: on")?.rebalance
                == RebalanceSettings(thresholdPerMille: 1200, sharePercent: 5, interval: .seconds(10)))
        #expect(
            try pool("rebalance: { threshold: 1.05, share: 100, interval: 1h }")?.rebalance
                == RebalanceSettings(thresholdPerMille: 1050, sharePercent: 100, interval: .seconds(3600)))
    }

    @Test func `a pool that hashes is not rebalanced`() throws {
        #expect(
            poolComplaint("balance: hash, hash: { key: host }, rebalance: on")
                == "6: pools.chat.rebalance: clients of a pool with `balance: hash` come back to where the hash puts them; remove `rebalance`, or choose another `balance`; `max_load` of `hash` bounds what one backend gets"
        )
        #expect(try pool("balance: hash, hash: { key: host }, rebalance: off")?.rebalance == nil)
    }

    @Test func `a drain has a time or a rate`() throws {
        #expect(try pool("drain: { over: 24h }")?.drain == .over(.seconds(86400)))
        #expect(try pool("drain: { over: 0s }")?.drain == .over(.zero))
        #expect(try pool("drain: { per_second: 50 }")?.drain == .perSecond(50))
        #expect(try pool("drain: {}")?.drain == .over(.seconds(30)))
    }

    @Test(arguments: [
        ("max_connections: 0", "max_connections: 0 is out of range; write a whole number from 1 to 10000000"),
        ("max_dials: 100001", "max_dials: 100001 is out of range; write a whole number from 1 to 100000"),
        ("max_dials: 0", "0 is out of range"),
        ("queue: 1000", "queue: a mapping is wanted here, not a single value; write on, off, or `key: value` lines below it"),
        ("queue: { size: 0 }", "queue.size: 0 is out of range; write a whole number from 1 to 1000000"),
        ("queue: { timeout: 6m }", "queue.timeout: 6m is out of range; write a duration from 10ms to 5m"),
        ("retry: 3", "retry: a mapping is wanted here"), ("retry: { attempts: 0 }", "write a whole number from 1 to 16"),
        ("retry: { attempts: 17 }", "17 is out of range"),
        ("retry: { statuses: [ 500 ] }", "retry.statuses[0]: `500` is never retried; write 502, 503 or 504"),
        ("retry: { statuses: 503 }", "retry.statuses: a list of statuses is wanted here"),
        ("retry: { statuses: [ 503, 503 ] }", "retry.statuses[1]: 503 is listed twice"),
        ("retry: { statuses: [ 502, 503, 504, 502 ] }", "4 statuses are too many; write at most 3"),
        ("max_lifetime: yes", "max_lifetime: `yes` is no duration"), ("max_lifetime: 721h", "from 1s to 720h"),
        ("max_lifetime: { jitter: 101 }", "max_lifetime.jitter: 101 is out of range"),
        ("max_lifetime: { period: 4h }", "unknown key"), ("rebalance: { threshold: 1 }", "write a number from 1.01 to 100"),
        ("rebalance: { share: 0 }", "rebalance.share: 0 is out of range"), ("rebalance: { interval: 500ms }", "from 1s to 1h"),
        ("drain: 30s", "drain: a mapping is wanted here, not a single value; write { over: 30s }, or `key"),
        ("drain: { over: 25h }", "from 0s to 24h"),
        ("drain: { per_second: 0 }", "from 1 to 100000"),
        ("drain: { over: 30s, per_second: 5 }", "drain.per_second: a drain has a time or a rate, not both"),
    ])
    func `what cannot be used is refused`(key: String, message: String) {
        let found = poolComplaint(key)
        #expect(found.hasPrefix("6: pools.chat."))
        #expect(found.contains(message))
        #expect(!found.contains("\n"))
    }
}
