import Session
import Support
import Testing

@testable import DataPlane

/// Closing the tunnels of one backend while the others live, with real sockets.
@Suite(.serialized) struct SheddingTests {
    private let backends: [RawBackend]
    private let proxy: ProxyUnderTest

    init() throws {
        backends = try (0..<2).map { index in
            try RawBackend { socket in
                let isUpgrade = socket.receive(through: "\r\n\r\n").contains("Upgrade: websocket")
                socket.send(isUpgrade ? Array(RawBackend.switching.utf8) + Self.greeting(index) : Array(Self.events.utf8))
                while let bytes = socket.receive(), !bytes.isEmpty {}
            }
        }
        proxy = try ProxyUnderTest(backends: backends.map(\.port))
    }

    /// What backend `index` says first.
    private static func greeting(_ index: Int) -> [UInt8] { TestFrame.text("\(index)", masked: false).bytes }

    /// The beginning of an event stream.
    private static let events = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    private func condition(_ backend: Int) -> BackendCondition {
        proxy.registry.condition(pool: "pool", label: "127.0.0.1:\(backends[backend].port)")
    }

    /// So many tunnels, open on both sides; by backend.
    private func tunnels(_ count: Int) throws -> [[RawSocket]] {
        var clients: [[RawSocket]] = [[], []]
        for _ in 0..<count {
            let client = try proxy.upgrade().socket
            let greeting = client.receive(exactly: Self.greeting(0).count)
            clients[greeting == Self.greeting(0) ? 0 : 1].append(client)
        }
        #expect(eventually { proxy.tunnels(0).active + proxy.tunnels(1).active == UInt64(count) })
        #expect(clients.map(\.count) == [count / 2, count / 2])
        return clients
    }

    /// Hears a Close with 1012, answers it, and is gone.
    private func leaves(_ client: RawSocket) -> Bool {
        let close = client.receive(exactly: 19)
        client.send(TestFrame.close(1012, masked: true).bytes)
        client.endSending()
        return TestFrame.parse(close).frames.map(\.closeCode) == [1012]
    }

    @Test func `all tunnels of one backend are closed with 1012 and counted down, the other's go on`() throws {
        let clients = try tunnels(6)
        proxy.group.shed(ShedOrder(condition(0), .all(.over(0), from: 0), cause: .backendDrain))
        for client in clients[0] { #expect(leaves(client)) }
        #expect(condition(0).tunnelsTold == 3 && condition(1).tunnelsTold == 0)
        #expect(eventually { condition(0).tunnelsLeaving == 0 && proxy.tunnels(0).active == 0 })
        #expect(proxy.tunnels(1).active == 3)
        #expect(proxy.pool.closes(.proxy).map(\.code) == ["1012"] && proxy.pool.closes(.proxy).map(\.count) == [3])
    }

    @Test func `a drain that is called off lets those live that were told and are still there`() throws {
        let clients = try tunnels(4)
        for index in [0, 1] {
            proxy.group.shed(ShedOrder(condition(index), .all(.perSecond(1), from: .max / 2), cause: .backendDrain))
            #expect(eventually { condition(index).tunnelsLeaving == 2 && condition(index).tunnelsTold == 2 })
        }
        proxy.group.shed(ShedOrder(condition(0), .calledOff, cause: .backendDrain))
        #expect(eventually { condition(0).tunnelsLeaving == 0 && condition(0).tunnelsTold == 0 })
        #expect(condition(1).tunnelsLeaving == 2)
        // Those of the other one can still be told, and these, too.
        proxy.group.drain(period: .zero)
        for client in clients.joined() { #expect(leaves(client)) }
    }

    @Test func `rebalancing that is called off lets those live whose moment has not come, and no drain's`() throws {
        let clients = try tunnels(10)
        func tell(_ index: Int, _ extent: ShedOrder.Extent, _ cause: CloseReason.Cause) {
            proxy.group.shed(ShedOrder(condition(index), extent, cause: cause))
        }
        // The first of each worker goes at once.
        tell(0, .part([1000, 1000], within: .max / 2), .rebalance)
        tell(1, .all(.perSecond(1), from: .max / 2), .backendDrain)
        #expect(eventually { condition(0).tunnelsLeaving == 5 && condition(1).tunnelsLeaving == 5 })
        for index in [1, 0] { tell(index, .calledOff, .rebalance) }
        #expect(eventually { condition(0).tunnelsLeaving <= 2 })
        // Once this is done by both workers, what was said before is.
        tell(0, .all(.perSecond(1), from: .max / 2), .backendDrain)
        #expect(eventually { condition(0).tunnelsLeaving == 5 })
        #expect(condition(1).tunnelsLeaving == 5 && clients.count == 2)
    }

    @Test func `of each worker as many are told as the order says, and no more than it has`() throws {
        let clients = try tunnels(8)
        let here = try #require(proxy.registry.tunnelsPerWorker(ofPool: "pool")[condition(0).key.backend])
        #expect(here.reduce(0, +) == Int(proxy.tunnels(0).active))
        let wanted = [min(1, here[0]), here[1]]
        proxy.group.shed(ShedOrder(condition(0), .part([1, 1000], within: .max / 2), cause: .rebalance))
        #expect(eventually { condition(0).tunnelsLeaving == wanted.reduce(0, +) })
        #expect(proxy.pool.rebalanced.load() == UInt64(wanted.reduce(0, +)))
        #expect(condition(1).tunnelsLeaving == 0 && clients.count == 2)
    }

    @Test func `event streams stay where a part of the tunnels is told to go, and go where all are`() throws {
        let clients = try tunnels(2)
        var streams: [RawSocket] = []
        for _ in 0..<2 {
            let client = try #require(RawSocket.connected(port: proxy.port))
            client.send(Array("GET /events HTTP/1.1\r\nHost: example.com\r\n\r\n".utf8))
            #expect(client.receive(through: "\r\n\r\n").contains("text/event-stream"))
            streams.append(client)
        }
        #expect(eventually { proxy.pool.streams(.sse) == 2 })
        proxy.group.shed(ShedOrder(condition(0), .part([1000, 1000], within: 0), cause: .rebalance))
        proxy.group.shed(ShedOrder(condition(1), .all(.over(0), from: 0), cause: .backendDrain))
        #expect(eventually { proxy.pool.streams(.sse) == 1 })
        // Each worker has done what the first order says when it does what the second says.
        #expect(eventually { condition(1).tunnelsTold == 2 })
        #expect(condition(0).tunnelsTold == 1 && proxy.pool.rebalanced.load() == 1)
        #expect(clients.count == 2 && streams.count == 2)
    }

    @Test func `a tunnel that opens although its backend drains is told to go as well`() throws {
        for index in [0, 1] { proxy.group.shed(ShedOrder(condition(index), .all(.over(0), from: 0), cause: .backendDrain)) }
        // The orders are on their way before the connection is.
        let (client, head) = try proxy.upgrade()
        #expect(head.hasPrefix("HTTP/1.1 101 "))
        #expect(client.receive(exactly: Self.greeting(0).count).count == Self.greeting(0).count)
        #expect(leaves(client))
        #expect(condition(0).tunnelsTold + condition(1).tunnelsTold == 1)
    }

    @Test func `a drain of the process outranks that of a backend, and none is counted twice`() throws {
        let clients = try tunnels(4)
        proxy.group.shed(ShedOrder(condition(0), .all(.perSecond(1), from: .max / 2), cause: .backendDrain))
        #expect(eventually { condition(0).tunnelsLeaving == Int(proxy.tunnels(0).active) })
        proxy.group.drain(period: .zero)
        for client in clients.joined() { #expect(leaves(client)) }
        #expect(eventually { proxy.group.isDrained })
        #expect(condition(0).tunnelsLeaving == 0)
    }
}
