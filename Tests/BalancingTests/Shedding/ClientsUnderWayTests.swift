import Testing

@testable import Balancing

@Suite struct ClientsUnderWayTests {
    private let second: UInt64 = 1_000_000_000

    /// A pool of so many tunnels, `told` of which are gone by the next look.
    private func clients(_ tunnels: Double, told: Double) -> ClientsUnderWay {
        var clients = ClientsUnderWay()
        clients.look(at: 0, here: tunnels, leaving: 0)
        clients.tell(told)
        return clients
    }

    @Test func `who was sent away is under way until the pool has as many more`() {
        var clients = clients(100, told: 10)
        #expect(clients.count == 0)
        clients.look(at: second, here: 90, leaving: 0)
        #expect(clients.count == 10)
        clients.tell(5)
        // Five are gone, and seven back.
        clients.look(at: 2 * second, here: 92, leaving: 0)
        #expect(clients.count == 8)
        // More have come than went, and nobody is on the way to nowhere.
        clients.look(at: 3 * second, here: 200, leaving: 0)
        #expect(clients.count == 0)
    }

    @Test func `who was told and is still there is not under way yet, and has its minute from when it is gone`() {
        var clients = clients(100, told: 10)
        clients.look(at: 90 * second, here: 100, leaving: 10)
        #expect(clients.count == 0)
        clients.look(at: 100 * second, here: 96, leaving: 6)
        #expect(clients.count == 4)
        clients.look(at: 159 * second, here: 95, leaving: 5)
        #expect(clients.count == 5)
        clients.look(at: 160 * second, here: 95, leaving: 5)
        #expect(clients.count == 1)
    }

    @Test func `who may stay after all is not waited for, nor hides those who are`() {
        var clients = clients(100, told: 10)
        clients.look(at: second, here: 97, leaving: 7)
        #expect(clients.count == 3)
        clients.look(at: 2 * second, here: 97, leaving: 0)
        #expect(clients.count == 3)
        clients.look(at: 3 * second, here: 100, leaving: 0)
        #expect(clients.count == 0)
    }

    @Test func `who leaves meanwhile hides somebody who came back, and is not taken for one who was sent away`() {
        var clients = clients(100, told: 10)
        clients.look(at: second, here: 80, leaving: 0)
        #expect(clients.count == 10)
        clients.look(at: 2 * second, here: 84, leaving: 0)
        #expect(clients.count == 6)
    }

    @Test func `who is not back after a minute is gone for good, and each goes by its own time`() {
        var clients = clients(100, told: 10)
        clients.look(at: 1, here: 90, leaving: 0)
        clients.tell(4)
        clients.look(at: 30 * second, here: 86, leaving: 0)
        #expect(clients.count == 14)
        clients.look(at: 60 * second, here: 86, leaving: 0)
        #expect(clients.count == 14)
        clients.look(at: 60 * second + 1, here: 86, leaving: 0)
        #expect(clients.count == 4)
        clients.tell(1)
        clients.look(at: 90 * second, here: 85, leaving: 0)
        #expect(clients.count == 1)
        // A clock that goes backwards keeps them.
        clients.look(at: 1, here: 85, leaving: 0)
        #expect(clients.count == 1)
    }
}
