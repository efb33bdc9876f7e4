import Session
import Support
import Testing

@testable import DataPlane

/// Why a tunnel is to leave, when one reason goes and others hold. Times are far away: nothing here waits for them.
@Suite(.serialized) struct RetiringTests {
    private let backend: RawBackend
    private let proxy: WorkerOnThread
    private let client: RawSocket
    private let session: SessionDriver
    private let condition: BackendCondition

    /// One open tunnel.
    init() throws {
        backend = try RawBackend(RawBackend.echo)
        let proxy = try WorkerOnThread(backend: backend.port, maxTLSHandshakes: 0)
        client = try #require(RawSocket.connected(port: proxy.plainPort))
        client.send(Array(ProxyUnderTest.request.utf8))
        #expect(proxy.turn { proxy.worker.handle.tunnels.load(ordering: .relaxed) == 1 })
        session = try #require(proxy.worker.sessions.values.first)
        condition = try #require(session.tunnel?.backend.condition)
        self.proxy = proxy
    }

    private func far(_ seconds: UInt64) -> Moment {
        proxy.worker.now.after(Moment.Span(nanoseconds: seconds * 1_000_000_000))
    }

    /// The backend drains; the tunnel's moment is `moment`.
    private func drain(at moment: Moment) {
        order(.all(.perSecond(1), from: moment.nanoseconds))
    }

    private func order(_ extent: ShedOrder.Extent) {
        proxy.worker.handle.mailbox.post(.shed(ShedOrder(condition, extent, cause: .backendDrain)))
        proxy.worker.turn()
    }

    /// Rebalancing has told the tunnel to leave at `moment`.
    private func rebalance(at moment: Moment) {
        session.leave(condition, at: moment, latest: .never, cause: .rebalance)
        #expect(leaves == .rebalance && session.retireAt == moment && condition.tunnelsLeaving == 1)
        // As the keeper does before its order.
        condition.beginsToShed()
    }

    private var leaves: CloseReason.Cause? { session.retireAt == .never ? nil : session.retireCause }

    @Test func `a drain that is called off does not save a tunnel whose route is gone`() throws {
        let moment = far(10)
        drain(at: moment)
        try proxy.reload(path: "/elsewhere")
        // Its moment comes soon enough as it is.
        #expect(leaves == .backendDrain && session.retireAt == moment && condition.tunnelsLeaving == 1)
        order(.calledOff)
        #expect(leaves == .routeRemoved && session.retireAt <= far(30) && condition.tunnelsLeaving == 0)
        try proxy.reload(path: "/*")
        #expect(leaves == nil)
    }

    @Test func `a route that comes back does not save a tunnel whose backend drains`() throws {
        try proxy.reload(path: "/elsewhere")
        #expect(leaves == .routeRemoved)
        let moment = far(3600)
        drain(at: moment)
        #expect(leaves == .routeRemoved && condition.tunnelsLeaving == 0)
        try proxy.reload(path: "/*")
        #expect(leaves == .backendDrain && session.retireAt == moment && condition.tunnelsLeaving == 1)
        order(.calledOff)
        #expect(leaves == nil && condition.tunnelsLeaving == 0)
    }

    @Test func `a slow drain does not hold up a tunnel whose route is gone`() throws {
        drain(at: far(3600))
        try proxy.reload(path: "/elsewhere")
        #expect(leaves == .routeRemoved && session.retireAt <= far(30) && condition.tunnelsLeaving == 0)
    }

    @Test func `a drain takes over whom rebalancing has told to leave later`() {
        rebalance(at: far(3600))
        let moment = far(10)
        drain(at: moment)
        #expect(leaves == .backendDrain && session.retireAt == moment)
        #expect(condition.tunnelsLeaving == 1 && condition.tunnelsTold == 1)
        order(.calledOff)
        #expect(leaves == nil && condition.tunnelsLeaving == 0 && condition.tunnelsTold == 0)
    }

    @Test func `whom rebalancing has told to leave sooner leaves then, and by the drain`() {
        let moment = far(5)
        rebalance(at: moment)
        drain(at: far(10))
        #expect(leaves == .backendDrain && session.retireAt == moment && condition.tunnelsTold == 1)
    }

    @Test func `a drain that is sooner than a reload's takes over, and called off gives back`() throws {
        try proxy.reload(path: "/elsewhere")
        let moment = session.retireAt
        #expect(leaves == .routeRemoved)
        let sooner = Moment(nanoseconds: moment.nanoseconds - 1)
        drain(at: sooner)
        // Put off no further than it had been without the drain.
        #expect(leaves == .backendDrain && session.retireAt == sooner && session.leave.latest <= moment)
        #expect(condition.tunnelsLeaving == 1)
        order(.calledOff)
        #expect(leaves == .routeRemoved && condition.tunnelsLeaving == 0)
    }

    @Test func `rebalancing moves no moment that is there`() {
        let moment = far(3600)
        drain(at: moment)
        session.leave(condition, at: far(10), latest: .never, cause: .rebalance)
        #expect(leaves == .backendDrain && session.retireAt == moment && condition.tunnelsTold == 1)
    }

    @Test func `a tunnel that has lived its time goes, with a slow drain and after it was called off`() throws {
        drain(at: far(3600))
        session.mayLive(until: proxy.worker.now)
        // It has just opened, so it is not quiet yet.
        #expect(proxy.turn { session.leave.postponements > 0 } && !session.relaying.isEnding && leaves == .backendDrain)
        order(.calledOff)
        #expect(leaves == nil)
        #expect(proxy.turn { session.relaying.isEnding } && session.relaying.reason?.cause == .lifetime)
    }

    @Test func `a line where nobody waits goes with its pool, and a word to it is not lost`() throws {
        let gone = proxy.registry.pool("gone").places
        let line = try #require(proxy.worker.line(of: gone))
        let staying = try #require(proxy.worker.line(of: proxy.registry.pool("pool").places))
        try proxy.reload(path: "/*")
        #expect(proxy.worker.lines.all.count == 1 && proxy.worker.lines.all.first === staying)
        line.mark.tell()
        let again = try #require(proxy.worker.line(of: gone))
        #expect(again !== line && again.mark === line.mark && again.mark.takeDue())
    }
}
