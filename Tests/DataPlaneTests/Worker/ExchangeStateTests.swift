import Balancing
import Session
import Testing
import Transport
import Wire

@testable import DataPlane

/// A worker uses the state of one exchange for another.
@Suite struct ExchangeStateTests {
    private let proxy: WorkerOnThread
    private let deadline = Moment(nanoseconds: 77)

    init() throws { proxy = try WorkerOnThread(backends: [9]) }

    private var snapshot: Snapshot { proxy.worker.snapshot }

    private func fresh() -> ExchangeState {
        ExchangeState(exchange: Exchange(rules: snapshot.exchangeRules, deadline: deadline), snapshot: snapshot)
    }

    /// Nothing in it is as it was.
    private func used() throws -> ExchangeState {
        let state = fresh()
        var parser = RequestHeadParser(limits: HeadLimits())
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        let head = try #require(try parser.parse(bytes.span))
        guard case .pool(let route) = try #require(snapshot.destinations.first) else { throw CancellationError() }
        let late = Moment(nanoseconds: 5)
        state.clientAddress = [1]
        state.armedAt = late
        state.isSurplus = true
        [9, 9, 9].withUnsafeBytes { state.append($0) }
        state.use(1)

        state.head = head
        state.headAt = late
        state.expectedAccept = [1]
        state.context = ForwardingContext(clientAddress: [], clientIsTrusted: true, scheme: .http, requestID: "a")
        state.requestID = "a"
        state.body = [1]
        state.isBackendDeaf = true

        state.goes(by: route)
        state.candidates = route.pool.candidates(isUpgrade: true)
        state.placing = Placing(key: 1, visit: nil, seen: nil)
        state.attempts = 1
        state.asked = 1
        state.shortage = .full
        state.target = (0, 0)
        state.dialStartedAt = late
        state.dialFailures = 1
        state.vainDials = (late, 1)
        state.isBetweenTurns = true
        state.lastFailure = .tls
        state.isShakingHands = true
        state.isKept = true
        state.lent = KeptConnection(slot: 1, backend: route.pool.backends[0], position: 0, cells: route.pool.meter.worker(0))
        state.avoidsKept = true
        state.hadPlace = true
        let line = WaitingLine(route.pool.places, mark: LineMark())
        state.spot = WaitingSpot(line: line, began: late, deadline: late, isPlain: true, isChoosy: false)
        state.lost = [1]

        state.answer = [1]
        state.status = 200
        state.closes = false
        state.allowsReuse = true
        state.hasBackendEnded = true
        state.kind = .sse
        state.isRetired = true
        state.bytesToBackend = 1
        state.bytesToClient = 1
        state.client.took(1, now: late)
        state.backend.took(1, now: late)
        return state
    }

    /// What an exchange finds out by itself; not what it has from the connection.
    private func facts(_ state: ExchangeState) -> [String: String] {
        let others: Set = ["exchange", "snapshot", "input", "inputStart", "clientAddress", "armedAt"]
        var facts: [String: String] = [:]
        for child in Mirror(reflecting: state).children {
            guard let name = child.label, !others.contains(name) else { continue }
            facts[name] = String(describing: child.value)
        }
        return facts
    }

    @Test func `an exchange has nothing of the one in whose place it begins`() throws {
        let state = try used()
        state.begin(after: fresh(), deadline: deadline, snapshot: snapshot)
        #expect(facts(state) == facts(fresh()))
        #expect(state.isAwaitingHead && state.exchange.isLater && state.waiting == 0 && state.clientAddress.isEmpty)
        #expect(state.armedAt == .never)
    }

    @Test func `there is no fact that the test of this would not notice`() throws {
        let (used, fresh) = (facts(try used()), facts(fresh()))
        for (name, value) in fresh { #expect(used[name] != value, "\(name)") }
    }

    @Test func `it has its input and what is known of the client from the one before it`() throws {
        let (state, last) = (fresh(), try used())
        let waiting = last.waiting
        state.begin(after: last, deadline: deadline, snapshot: snapshot)
        #expect(waiting > 0 && state.waiting == waiting && state.inputStart == 1 && last.waiting == 0 && last.input.isEmpty)
        #expect(state.clientAddress == [1] && state.armedAt == Moment(nanoseconds: 5))
        #expect(state.exchange.nextDeadline() == deadline)
    }
}
