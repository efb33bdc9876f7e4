import Testing

@testable import Settings

@Suite struct HealthKeysTests {
    @Test func `without a word backends are not ejected, keep their tunnels and start at once`() throws {
        let pool = try #require(try pool("balance: random"))
        #expect(pool.ejection == nil)
        #expect(pool.whenDown == .keep)
        #expect(pool.slowStart == nil)
        #expect(pool.panicPercent == 50)
    }

    @Test func `ejection is off, on, or as written`() throws {
        #expect(try pool("ejection: off")?.ejection == nil)
        #expect(try pool("ejection: ")?.ejection == nil)
        let usual = EjectionSettings(
            failures: 5, earlyDeath: .seconds(2), base: .seconds(10), longest: .seconds(300), maxSharePercent: 50)
        #expect(try pool("ejection: on")?.ejection == usual)
        #expect(try pool("ejection: {}")?.ejection == usual)
        #expect(
            try pool("ejection: { failures: 1, early_death: off, base: 100ms, longest: 24h, max_share: 100 }")?.ejection
                == EjectionSettings(
                    failures: 1, earlyDeath: nil, base: .milliseconds(100), longest: .seconds(86400), maxSharePercent: 100))
        #expect(try pool("ejection: { early_death: 10ms }")?.ejection?.earlyDeath == .milliseconds(10))
        #expect(try pool("ejection: { base: 1h }")?.ejection?.longest == .seconds(3600))
    }

    @Test func `slow start is off, by time, or by time and connections`() throws {
        #expect(try pool("slow_start: off")?.slowStart == nil)
        #expect(try pool("slow_start: on")?.slowStart == SlowStartSettings(period: .seconds(30), connections: 100))
        #expect(try pool("slow_start: 1m")?.slowStart == SlowStartSettings(period: .seconds(60), connections: nil))
        #expect(try pool("slow_start: {}")?.slowStart == SlowStartSettings(period: .seconds(30), connections: 100))
        #expect(
            try pool("slow_start: { period: 1h, connections: off }")?.slowStart
                == SlowStartSettings(period: .seconds(3600), connections: nil))
        #expect(try pool("slow_start: { connections: 1000000 }")?.slowStart?.connections == 1_000_000)
    }

    @Test func `tunnels of a backend that is down are kept or closed`() throws {
        #expect(try pool("when_down: close")?.whenDown == .close)
        #expect(try pool("when_down: keep")?.whenDown == .keep)
    }

    @Test(arguments: [("0", 0), ("off", 0), ("100", 100), ("1", 1)])
    func `the panic rule has a percentage, or is off`(text: String, percent: Int) throws {
        #expect(try pool("panic: \(text)")?.panicPercent == percent)
    }

    @Test(arguments: [
        ("ejection: yes", "ejection: a mapping is wanted here, not a single value; write on, off, or `key: value` lines below it"),
        ("ejection: { failures: 0 }", "ejection.failures: 0 is out of range; write a whole number from 1 to 1000"),
        ("ejection: { early_death: 0s }", "0s is out of range; write a duration from 10ms to 5m"),
        ("ejection: { base: 99ms }", "from 100ms to 1h"), ("ejection: { longest: 25h }", "from 100ms to 24h"),
        ("ejection: { longest: off }", "`off` is no duration"),
        ("ejection: { base: 1m, longest: 30s }", "ejection.longest: the longest time is shorter than the first, 1m; write at least that"),
        ("ejection: { longest: 9s }", "shorter than the first, 10s"),
        ("ejection: { max_share: 0 }", "from 1 to 100"), ("ejection: { max_share: 101 }", "101 is out of range"),
        ("ejection: { max_share: 50% }", "`50%` is no whole number"), ("ejection: { failure: 1 }", "did you mean `failures`?"),
        ("when_down: off", "when_down: `off` is none of the choices; write one of keep, close"),
        ("slow_start: yes", "slow_start: `yes` is no duration"), ("slow_start: 999ms", "from 1s to 1h"),
        ("slow_start: { period: 2h }", "slow_start.period: 2h is out of range"),
        ("slow_start: { connections: 0 }", "from 1 to 1000000"), ("slow_start: [ 1s ]", "write on, off, a time such as 30s, or `key"),
        ("panic: 101", "panic: 101 is out of range; write a whole number from 0 to 100"), ("panic: on", "is no whole number"),
    ])
    func `what cannot be used is refused`(key: String, message: String) {
        let found = poolComplaint(key)
        #expect(found.hasPrefix("6: pools.chat."))
        #expect(found.contains(message))
        #expect(!found.contains("\n"))
    }

    @Test func `an ejection that can never be is a warning`() throws {
        func warned(_ urls: String, _ ejection: String) throws -> [String] {
            try warnings(file(pool: "backends: [ \(urls) ], ejection: \(ejection)"))
        }
        let alone = ["6 pools.chat.ejection: the only backend of a pool is never ejected"]
        #expect(try warned("\"ws://a\"", "on") == alone)
        #expect(try warned("\"ws://a\"", "{ max_share: 100 }") == alone)
        #expect(try warned("\"ws://a\"", "off").isEmpty)
        let three = "\"ws://a\", \"ws://b\", \"ws://c\""
        #expect(
            try warned(three, "{ max_share: 33 }")
                == ["6 pools.chat.ejection.max_share: nobody is ever ejected: 33 percent of 3 backends are not even one"])
        let tooLittle = try read(file(pool: "backends: [ \(three) ], ejection: { max_share: 1 }")).get().warnings
        #expect(tooLittle.map(\.remedy) == ["write at least 34"])
        #expect(try warned(three, "{ max_share: 34 }").isEmpty)
        #expect(try warned("\"ws://a\", \"ws://b\"", "on").isEmpty)
        // Names may lead to any number.
        #expect(try warned("\"srv+ws://_ws._tcp.a\"", "{ max_share: 1 }").isEmpty)
        #expect(try warned("{ url: \"ws://a\", resolve: each }", "on").isEmpty)
    }

    @Test func `tunnels that are closed when a backend is down, where none is ever down, are a warning`() throws {
        let two = "backends: [ \"ws://a\", \"ws://b\" ], when_down: close"
        #expect(try warnings(file(pool: two)) == ["6 pools.chat.when_down: no backend is ever found down, as nobody looks"])
        #expect(try warnings(file(pool: "\(two), check: off, ejection: off")).count == 1)
        #expect(try warnings(file(pool: "\(two), check: tcp")).isEmpty)
        #expect(try warnings(file(pool: "\(two), ejection: on")).isEmpty)
        #expect(try warnings(file(pool: two.replacing("close", with: "keep"))).isEmpty)
    }
}
