import Testing

@testable import Balancing

@Suite struct ClientsUnderWayTests {
    private let second: UInt64 = 1_000_000_000

    @Test func `who was sent away is under way until the pool has as many more`() {
        var clients = ClientsUnderWay()
        clients.look(at: 0, tunnels: 100)
        #expect(clients.count == 0)
        clients.send(10, at: 0)
        clients.look(at: second, tunnels: 90)
        #expect(clients.count == 10)
        clients.send(5, at: second)
        clients.look(at: 2 * second, tunnels: 97)
        #expect(clients.count == 3)
        // More have come than went, and nobody is on the way to nowhere.
        clients.look(at: 3 * second, tunnels: 200)
        #expect(clients.count == 0)
    }

    @Test func `who leaves meanwhile hides somebody who came back, and is not taken for one who was sent away`() {
        var clients = ClientsUnderWay()
        clients.look(at: 0, tunnels: 100)
        clients.send(10, at: 0)
        clients.look(at: second, tunnels: 80)
        #expect(clients.count == 10)
        clients.look(at: 2 * second, tunnels: 84)
        #expect(clients.count == 6)
    }

    @Test func `who is not back after a minute is gone for good, and each goes by its own time`() {
        var clients = ClientsUnderWay()
        clients.look(at: 0, tunnels: 100)
        clients.send(10, at: 0)
        clients.look(at: 30 * second, tunnels: 90)
        clients.send(4, at: 30 * second)
        clients.look(at: 59 * second, tunnels: 86)
        #expect(clients.count == 14)
        clients.look(at: 60 * second, tunnels: 86)
        #expect(clients.count == 4)
        clients.look(at: 90 * second, tunnels: 86)
        #expect(clients.count == 0)
        // A clock that goes backwards keeps them.
        clients.send(1, at: 90 * second)
        clients.look(at: 1, tunnels: 85)
        #expect(clients.count == 1)
    }
}
