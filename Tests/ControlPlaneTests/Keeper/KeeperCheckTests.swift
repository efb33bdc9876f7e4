import Balancing
import Settings
import Testing

@testable import ControlPlane
@testable import DataPlane

@Suite("The keeper: checks")
struct KeeperCheckTests {
    @Test("before its first result a backend takes connections, unless checks begin with down")
    func beginning() {
        let up = KeeperBench(keptPool())
        #expect(up.condition(0).isInService)
        #expect(up.condition(0).label == .unknown)
        let down = KeeperBench(keptPool(check: CheckSettings(start: .down)))
        #expect(!down.condition(0).isInService)
        #expect(down.condition(0).takesNew)
        #expect(down.check(0, .passed))
        #expect(down.condition(0).isInService)
    }

    @Test("without checks nothing is asked, and a backend is ready")
    func unchecked() {
        let bench = KeeperBench(keptPool(check: nil))
        bench.pass(seconds: 60)
        #expect(bench.hands.waiting.isEmpty)
        #expect(bench.condition(0).label == .ready)
    }

    @Test("the first result decides; then it takes as many in a row as rise and fall say, and each change is one line")
    func states() {
        let bench = KeeperBench(keptPool())
        bench.check(0, .passed)
        #expect(bench.condition(0).health == .up)
        for _ in 0..<2 {
            bench.check(0, .failed(.refused), detail: "Connection refused")
            #expect(bench.condition(0).health == .up)
        }
        bench.check(0, .failed(.refused), detail: "Connection refused")
        #expect(bench.condition(0).health == .down)
        #expect(!bench.condition(0).isInService)
        bench.check(0, .failed(.timeout))
        bench.check(0, .passed)
        #expect(bench.condition(0).health == .down)
        bench.check(0, .passed)
        #expect(bench.condition(0).isInService)
        #expect(bench.lines("backend_up").count == 2)
        let down = bench.lines("backend_down")
        #expect(down.count == 1)
        #expect(down.first?.contains("\"reason\":\"refused: Connection refused\"") == true)
        #expect(bench.registry.backend(pool: "main", label: KeeperBench.label(0)).checks(.failed) == 4)
        #expect(bench.registry.pool("main").checkDurations.counts.reduce(0, +) == 7)
    }

    @Test("what this machine lacks does not count against a backend, and it is asked again")
    func shortage() {
        let bench = KeeperBench(keptPool())
        for _ in 0..<5 { #expect(bench.check(0, .failed(.shortage))) }
        #expect(bench.condition(0).health == .unknown)
        #expect(bench.registry.backend(pool: "main", label: KeeperBench.label(0)).checks(.shortage) == 5)
    }

    @Test("one check of a backend at a time, however long it takes")
    func oneAtATime() {
        let bench = KeeperBench(keptPool(1))
        bench.pass(seconds: 120)
        #expect(bench.hands.waiting.count == 1)
    }

    @Test("a backend in maintenance is not checked; the check under way has no result, and its health is unknown afterwards")
    func maintenance() throws {
        let bench = KeeperBench(keptPool(1))
        bench.check(0, .failed(.refused))
        bench.pass(seconds: 10)
        let id = try #require(bench.hands.takeCheck(port: 9001))
        #expect(bench.core.setState(.maint, backend: KeeperBench.label(0), pool: "main", at: bench.now))
        #expect(bench.condition(0).label == .maint)
        #expect(bench.hands.cancelled == [id])
        bench.core.ended(CheckResult(id: id, outcome: .passed, nanoseconds: 1, detail: ""), at: bench.now)
        #expect(bench.condition(0).health == .unknown)
        bench.pass(seconds: 60)
        #expect(bench.hands.waiting.isEmpty)
        #expect(bench.core.setState(.ready, backend: KeeperBench.label(0), pool: "main", at: bench.now))
        #expect(bench.check(0, .passed))
        #expect(bench.condition(0).label == .ready)
    }

    @Test("a reload keeps what is known of a backend, takes new intervals over, and ends the checks of one that is gone")
    func reload() throws {
        let bench = KeeperBench(keptPool(2))
        bench.check(0, .failed(.refused))
        bench.pass(seconds: 10)
        let late = try #require(bench.hands.takeCheck(port: 9002))
        bench.adopt(keptPool(1, check: CheckSettings(interval: .seconds(20), fastInterval: .seconds(20))))
        #expect(bench.condition(0).health == .down)
        #expect(bench.hands.cancelled == [late])
        bench.core.ended(CheckResult(id: late, outcome: .failed(.refused), nanoseconds: 1, detail: ""), at: bench.now)
        #expect(bench.condition(1).health == .unknown)
        bench.adopt(keptPool(1, check: nil))
        #expect(bench.condition(0).label == .ready)
        bench.pass(seconds: 120)
        #expect(bench.hands.takeCheck(port: 9002) == nil)
    }

    @Test("a check that has no result for ten minutes is given up, and another one begins")
    func patience() throws {
        let bench = KeeperBench(keptPool(1))
        bench.pass(seconds: 10)
        let id = try #require(bench.hands.takeCheck(port: 9001))
        bench.pass(seconds: 590)
        #expect(bench.hands.cancelled == [])
        bench.pass(seconds: 20)
        #expect(bench.hands.cancelled == [id])
        #expect(bench.check(0, .passed))
    }

    @Test("a reload that asks elsewhere gives up the check under way and begins another at once; one that changes nothing does not")
    func elsewhere() throws {
        let bench = KeeperBench(keptPool(1))
        bench.pass(seconds: 10)
        let id = try #require(bench.hands.takeCheck(port: 9001))
        bench.adopt(keptPool(1))
        #expect(bench.hands.cancelled == [])
        bench.adopt(keptPool(1, check: CheckSettings(port: 7000)))
        #expect(bench.hands.cancelled == [id])
        bench.core.ended(CheckResult(id: id, outcome: .failed(.refused), nanoseconds: 1, detail: ""), at: bench.now)
        #expect(bench.condition(0).health == .unknown)
        bench.core.tick(at: bench.now)
        #expect(bench.hands.takeCheck(port: 7000) != nil)
    }

    @Test("addresses that change sooner than a check that hangs has its result do not keep a backend without a verdict")
    func restless() throws {
        let settings = keptPool(1, check: CheckSettings(timeout: .seconds(2)))
        let bench = KeeperBench(settings)
        func host(after seconds: Double) -> String? {
            bench.pass(seconds: seconds)
            return bench.hands.waiting.first?.addresses.first?.description
        }
        while host(after: 0.1) == nil {}
        for number in 2...3 {
            bench.pass(seconds: 0.8)
            bench.adopt(settings, host: UInt32(number))
            #expect(bench.hands.cancelled.count == number - 1)
            #expect(host(after: 0) == "127.0.0.\(number):9001")
        }
        // Two seconds have gone by since the first of them began: the third one counts, though its address is gone.
        for number in 4...5 {
            bench.pass(seconds: 0.8)
            bench.adopt(settings, host: UInt32(number))
        }
        #expect(bench.hands.cancelled.count == 2 && host(after: 0) == "127.0.0.3:9001")
        #expect(bench.check(0, .failed(.timeout)) && bench.condition(0).health == .down)
        // From there it begins anew, where the backend is now.
        while host(after: 0.1) == nil {}
        #expect(host(after: 0) == "127.0.0.5:9001")
        bench.adopt(settings, host: 6)
        #expect(bench.hands.cancelled.count == 3)
    }

    @Test("who waits for a place is told when a backend comes up")
    func waiting() {
        let bench = KeeperBench(keptPool(1, check: CheckSettings(start: .down)))
        let places = bench.registry.pool("main").places
        #expect(places.join(bound: 1))
        let before = places.event
        bench.check(0, .failed(.refused))
        #expect(places.event == before)
        for _ in 0..<2 { bench.check(0, .passed) }
        #expect(bench.condition(0).isInService && places.event == before + 1)
    }

    @Test("a check goes where its settings say: another port, the pool's PROXY protocol, the backend's own host")
    func target() throws {
        let check = CheckSettings(kind: .http(HTTPCheckSettings(path: "/healthz")), port: 7000)
        let bench = KeeperBench(keptPool(1, check: check) { $0.proxyProtocol = .v1 })
        bench.pass(seconds: 5)
        let target = try #require(bench.hands.waiting.first)
        #expect(target.addresses.map(\.description) == ["127.0.0.1:7000"])
        #expect(String(decoding: target.preface, as: UTF8.self) == "PROXY UNKNOWN\r\n")
        guard case .http(let plain) = target.plan.kind else { return #expect(Bool(false), "no plain request") }
        #expect(plain.host == "127.0.0.1:9001")
        #expect(plain.path == "/healthz")
    }
}
