import Session
import Support
import Testing

@testable import DataPlane

/// Pings, and sides that wait for their turn to be read on. Clocks that are due at once: nothing here waits for time.
@Suite(.serialized) struct HeldBackTests {
    private let proxy: WorkerOnThread
    private let tunnel: TunnelUnderTest

    init() throws {
        let listener = RawSocket.listening()
        proxy = try WorkerOnThread(backends: [listener.port], buffer: "4KiB")
        tunnel = try TunnelUnderTest(through: proxy, to: listener)
        let never = Moment.Span.unbounded
        let rules = TunnelRules(
            idle: never, close: never, halfClose: never, pingInterval: Moment.Span(nanoseconds: 0), pingTimeout: never,
            maximumMessage: .max)
        tunnel.session.relaying.begin(rules: rules, extensions: false, now: proxy.worker.now)
    }

    @Test(arguments: [Session.Side.client, .backend])
    func `a side whose socket waits for its turn is not pinged before it has been read`(side: Session.Side) throws {
        let (session, worker) = (tunnel.session, proxy.worker)
        let sender = side == .client ? tunnel.client : tunnel.backend
        // Whole messages, more of them than one read takes.
        let messages = (0..<100).flatMap { _ in TestFrame(0x82, [UInt8](repeating: 0, count: 100), masked: side == .client).bytes }
        sender.send(messages)
        #expect(worker.epoll.wait(milliseconds: 20_000) == 1)
        session.ready(side, worker.epoll.event(0))
        #expect(side == .client ? session.isClientBulk : session.isBackendBulk)

        session.relayExpired()
        let mark = TestFrame.text("mark", masked: side == .backend).bytes
        #expect(session.transmit(mark, to: side) == nil)
        worker.serveBulk()
        #expect(worker.bulk.isEmpty && !session.isClientBulk && !session.isBackendBulk)
        session.relayExpired()
        #expect(sender.receive(exactly: mark.count) == mark, "a ping came before it was read")
        #expect(sender.receive(exactly: 1) == [0x89])
    }
}
