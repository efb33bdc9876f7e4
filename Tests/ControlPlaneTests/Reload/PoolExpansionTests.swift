import DataPlane
import Settings
import Testing
import Transport
import Wire

@testable import ControlPlane

/// What becomes of a pool whose names lead to several backends.
@Suite struct PoolExpansionTests {
    private func each(_ name: String, _ port: UInt16 = 9001) -> BackendSettings {
        var entry = backend(name, port)
        entry.resolution = .each
        return entry
    }

    private func service(_ name: String) -> BackendSettings {
        BackendSettings(url: "srv+ws://\(name)", host: name, port: 0, isService: true, source: backend(name).source)
    }

    private func place(_ last: UInt32, _ priority: UInt16, _ weight: UInt16, _ port: UInt16, _ target: String = "a.test") -> FoundAddress {
        FoundAddress(ip(last), ttl: 60, service: ServiceRecord(priority: priority, weight: weight, port: port, target: target))
    }

    private func expand(_ backends: [BackendSettings], _ answers: [NameQuestion: [FoundAddress]]) -> PoolExpansion {
        PoolExpansion(PoolSettings(name: "main", backends: backends), found: { answers[$0] ?? [] }, known: { _ in [] })
    }

    private func labels(_ expansion: PoolExpansion) -> [String] { expansion.members.map(\.settings.label) }

    @Test func `what is written as an address, and a name that is one backend, stay as they are`() {
        let entries = [backend("10.0.0.9"), backend("chat.test"), BackendSettings(url: "unix:/a", host: "", port: 0, unixPath: "/a")]
        let expansion = expand(entries, [.addresses("chat.test"): [FoundAddress(ip(1), ttl: 1), FoundAddress(ip(2), ttl: 1)]])
        #expect(expansion.members.map(\.settings) == entries)
        #expect(expansion.members.map(\.addresses.count) == [1, 2, 1] && expansion.leftOut.isEmpty)
    }

    @Test func `each address of a name is a backend with all that its entry says`() {
        var entry = each("chat.test")
        entry.weight = 7
        entry.maxConnections = 3
        entry.zone = "rack"
        entry.state = .drain
        let v6 = IPAddress("2001:db8::1") ?? ip(0)
        let expansion = expand([entry], [.addresses("chat.test"): [FoundAddress(ip(1), ttl: 1), FoundAddress(v6, ttl: 1)]])
        #expect(labels(expansion) == ["10.0.0.1:9001", "[2001:db8::1]:9001"])
        for member in expansion.members {
            #expect(member.settings.weight == 7 && member.settings.maxConnections == 3 && member.settings.zone == "rack")
            #expect(member.settings.state == .drain && member.settings.name == "chat.test" && member.settings.source == entry.source)
            #expect(member.addresses.map(\.ip) == [member.settings.address])
        }
    }

    @Test func `SRV records bring port, weight and priority; priorities count in order of rank`() {
        let answer = [place(1, 10, 0, 81), place(2, 20, 5, 82), place(3, 65535, 1000, 83, "b.test")]
        let expansion = expand([service("_ws.test")], [.services("_ws.test"): answer])
        #expect(labels(expansion) == ["10.0.0.1:81", "10.0.0.2:82", "10.0.0.3:83"])
        #expect(expansion.members.map(\.settings.priority) == [0, 1, 2])
        #expect(expansion.members.map(\.settings.weight) == [1, 5, 1000])
        #expect(expansion.members.map(\.settings.name) == ["a.test", "a.test", "b.test"])
        #expect(expansion.members.allSatisfy { !$0.settings.isService })
    }

    @Test func `ranks beyond the fifteenth are one`() {
        let expansion = expand([service("s")], [.services("s"): (0..<20).map { place($0, UInt16($0) * 7, 1, 80) }])
        #expect(expansion.members.map(\.settings.priority) == Array(0...15) + [15, 15, 15, 15])
    }

    @Test func `weights beyond 1,000 are scaled in proportion, down to 1`() {
        let weights: [UInt16] = [65535, 32768, 66, 1, 0]
        let expansion = expand([service("s")], [.services("s"): weights.enumerated().map { place(UInt32($0.offset), 0, $0.element, 80) }])
        #expect(expansion.members.map(\.settings.weight) == [1000, 500, 1, 1, 1])
    }

    @Test func `of one address and port in a pool the first entry stays, and the others are told, a line for an entry`() {
        let answers: [NameQuestion: [FoundAddress]] = [
            .addresses("a.test"): [1, 2, 3].map { FoundAddress(ip($0), ttl: 1) },
            .addresses("b.test"): [2, 3, 4].map { FoundAddress(ip($0), ttl: 1) },
        ]
        let expansion = expand([each("a.test"), each("b.test"), backend("10.0.0.1")], answers)
        #expect(labels(expansion) == [1, 2, 3, 4].map { "10.0.0.\($0):9001" })
        #expect(
            expansion.leftOut.map(\.message) == [
                "10.0.0.2:9001 and 1 more of b.test:9001 are in the pool main already",
                "10.0.0.1:9001 of 10.0.0.1:9001 is in the pool main already",
            ])
        #expect(labels(expand([each("a.test"), each("a.test", 9002)], answers)).count == 6)
    }

    @Test func `a pool takes as many backends as a file may name, and tells the rest`() {
        let entries = (0..<5).map { each("n\($0)", 9000 + UInt16($0)) }
        let answers = Dictionary(entries.map { (NameQuestion.addresses($0.host), (1...1000).map { FoundAddress(ip($0), ttl: 1) }) }) { $1 }
        let expansion = expand(entries, answers)
        #expect(expansion.members.count == PoolSettings.mostBackends)
        #expect(expansion.leftOut.map(\.count) == [1000 * 5 - PoolSettings.mostBackends])
    }

    @Test func `a name without an answer has no backend`() {
        #expect(expand([each("a.test"), service("b.test"), backend("c.test")], [:]).members.isEmpty)
    }
}
