import Dispatch
import Session
import Support
import Synchronization
import Testing
import Transport

@testable import ControlPlane

/// Many checks at once, the same one twice, and the end of them all.
@Suite struct CheckRunnerTests {
    /// Holds connections until the test lets them be answered, and counts those that are open and unanswered.
    private final class Gate: Sendable {
        private struct State: Sendable {
            var open = 0
            var most = 0
        }
        private let state = Guarded(State())
        private let arrived = DispatchSemaphore(value: 0)
        private let tickets = DispatchSemaphore(value: 0)

        var most: Int { state.withLock { $0.most } }

        func pass(_ socket: RawSocket) {
            _ = socket.receive(through: "\r\n\r\n")
            state.withLock { state in
                state.open += 1
                state.most = max(state.most, state.open)
            }
            arrived.signal()
            _ = tickets.wait(timeout: .now() + .seconds(20))
            state.withLock { $0.open -= 1 }
            socket.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8))
        }

        func awaitArrivals(_ count: Int) -> Bool {
            (0..<count).allSatisfy { _ in arrived.wait(timeout: .now() + .seconds(20)) == .success }
        }

        /// Whether for a moment nobody else comes.
        func isQuiet() -> Bool { arrived.wait(timeout: .now() + .milliseconds(200)) == .timedOut }

        func open(_ count: Int) { for _ in 0..<count { tickets.signal() } }
    }

    @Test func `64 checks are under way at once, the others wait, and each has its result`() throws {
        let gate = Gate()
        let backend = try CheckBackend { gate.pass($0) }
        let bench = try CheckBench()
        let target = try CheckBench.target([backend.address], .plain, timeout: 20 * CheckBench.second)
        for id in 0..<200 { #expect(bench.runner.begin(id: UInt64(id), target: target)) }
        #expect(gate.awaitArrivals(64) && gate.isQuiet())
        gate.open(200)
        var seen: Set<UInt64> = []
        for _ in 0..<200 {
            let result = try #require(bench.next())
            #expect(result.outcome == .passed)
            seen.insert(result.id)
        }
        #expect(seen.count == 200 && gate.most == 64)
        #expect(backend.haveEnded(200))
    }

    @Test func `backends that never end their side keep no check from its turn`() throws {
        let release = DispatchSemaphore(value: 0)
        let backend = try CheckBackend { socket in
            _ = socket.receive(through: "\r\n\r\n")
            socket.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8))
            _ = release.wait(timeout: .now() + .seconds(20))
        }
        let bench = try CheckBench()
        let target = try CheckBench.target([backend.address], .plain)
        for id in 0..<300 { #expect(bench.runner.begin(id: UInt64(id), target: target)) }
        for _ in 0..<300 { #expect(bench.next()?.outcome == .passed) }
        for _ in 0..<300 { release.signal() }
        #expect(backend.haveEnded(300))
    }

    @Test func `a check that hangs does not delay the others`() throws {
        let silent = try CheckBackend { _ in }
        let quick = try CheckBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let bench = try CheckBench()
        for id in 0..<63 { bench.runner.begin(id: UInt64(1000 + id), target: try CheckBench.target([silent.address], .plain)) }
        for id in 0..<5 {
            bench.runner.begin(id: UInt64(id), target: try CheckBench.target([quick.address], .plain))
            let result = try #require(bench.next())
            #expect(result.id == UInt64(id) && result.outcome == .passed)
        }
        #expect(bench.runner.stop() && silent.haveEnded(63) && quick.haveEnded(5))
    }

    @Test func `checks of one backend never overlap`() throws {
        let gate = Gate()
        let backend = try CheckBackend { gate.pass($0) }
        let bench = try CheckBench()
        let target = try CheckBench.target([backend.address], .plain)
        #expect(bench.runner.begin(id: 7, target: target) && !bench.runner.begin(id: 7, target: target))
        #expect(gate.awaitArrivals(1) && !bench.runner.begin(id: 7, target: target))
        gate.open(1)
        #expect(bench.next()?.outcome == .passed)
        // Over is over before its result is told.
        #expect(bench.runner.begin(id: 7, target: target) && gate.awaitArrivals(1))
        gate.open(1)
        #expect(bench.next()?.outcome == .passed && gate.most == 1)
    }

    @Test func `a check that is given up has no result, whether it waits or is under way, and makes room`() throws {
        let gate = Gate()
        let backend = try CheckBackend { gate.pass($0) }
        let bench = try CheckBench()
        let target = try CheckBench.target([backend.address], .plain, timeout: 20 * CheckBench.second)
        for id in 0..<66 { #expect(bench.runner.begin(id: UInt64(id), target: target)) }
        #expect(gate.awaitArrivals(64) && gate.isQuiet())
        bench.runner.cancel(id: 64)
        bench.runner.cancel(id: 3)
        bench.runner.cancel(id: 1000)
        // In the place of number 3 number 65 comes, since number 64 is gone.
        #expect(gate.awaitArrivals(1))
        gate.open(66)
        var seen: Set<UInt64> = []
        for _ in 0..<64 { seen.insert(try #require(bench.next()).id) }
        #expect(seen == Set((0..<66).map { UInt64($0) }).subtracting([3, 64]))
        #expect(bench.runner.begin(id: 3, target: target) && gate.awaitArrivals(1))
        gate.open(1)
        #expect(bench.next()?.id == 3)
        #expect(backend.haveEnded(66))
    }

    @Test func `more are checked at once where descriptors are plenty`() {
        #expect([0, 1024, 20_000, 50_000, 1_048_576, .max].map { CheckRunner.concurrency(descriptors: $0) } == [64, 64, 78, 195, 256, 256])
    }

    @Test func `a result may begin the next check`() throws {
        let backend = try CheckBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let target = try CheckBench.target([backend.address], .plain)
        let done = DispatchSemaphore(value: 0)
        let chain = Chain()
        let runner = try CheckRunner { result in
            if result.id < 5 { chain.begin(result.id + 1, target) } else { done.signal() }
        }
        chain.runner.withLock { $0 = runner }
        runner.begin(id: 0, target: target)
        try runner.start()
        #expect(done.wait(timeout: .now() + .seconds(20)) == .success && backend.haveEnded(6))
        chain.runner.withLock { $0 = nil }
        #expect(runner.stop())
    }

    private final class Chain: Sendable {
        let runner = Guarded<CheckRunner?>(nil)
        func begin(_ id: UInt64, _ target: CheckTarget) { _ = runner.withLock { $0 }?.begin(id: id, target: target) }
    }

    @Test func `stop closes what is under way, delivers nothing more, and takes nothing new`() throws {
        let arrived = DispatchSemaphore(value: 0)
        let backend = try CheckBackend { socket in
            _ = socket.receive(through: "\r\n\r\n")
            arrived.signal()
        }
        let counter = ResultCounter()
        let runner = try CheckRunner { _ in counter.add() }
        try runner.start()
        let target = try CheckBench.target([backend.address], .plain, timeout: 600 * CheckBench.second)
        for id in 0..<100 { #expect(runner.begin(id: UInt64(id), target: target)) }
        for _ in 0..<64 { #expect(arrived.wait(timeout: .now() + .seconds(20)) == .success) }
        #expect(runner.stop() && backend.haveEnded(64) && counter.value == 0)
        #expect(!runner.begin(id: 500, target: target) && runner.stop())
    }

    private final class ResultCounter: Sendable {
        private let cell = Atomic<Int>(0)
        var value: Int { cell.load(ordering: .relaxed) }
        func add() { cell.wrappingAdd(1, ordering: .relaxed) }
    }

    @Test func `a runner that nobody holds any more ends its thread and its connections`() throws {
        let arrived = DispatchSemaphore(value: 0)
        let backend = try CheckBackend { socket in
            _ = socket.receive(through: "\r\n\r\n")
            arrived.signal()
        }
        do {
            let runner = try CheckRunner { _ in }
            try runner.start()
            runner.begin(id: 1, target: try CheckBench.target([backend.address], .plain, timeout: 600 * CheckBench.second))
            #expect(arrived.wait(timeout: .now() + .seconds(20)) == .success)
        }
        #expect(backend.haveEnded())
    }
}
