import DataPlane
import Settings
import Synchronization
import Telemetry
import Testing
import Transport
import Wire

@testable import ControlPlane

/// An answer that a test changes.
final class ChangingAnswer: Sendable {
    private let answer: Mutex<NameAnswer>

    init(_ answer: NameAnswer) { self.answer = Mutex(answer) }

    var resolver: NameResolver { .each { [self] _ in answer.withLock { $0 } } }

    func change(_ new: NameAnswer) { answer.withLock { $0 = new } }
}

func ip(_ last: UInt32) -> IPAddress { IPAddress(v4: 0x0a00_0000 + last) }

@Suite struct BackendAddressTests {
    private let name = key("chat.test:9001")

    private func addresses(_ preparation: Preparation) -> [IPAddress?] { preparation.backends[name]?.addresses.map(\.ip) ?? [] }

    @Test func `all addresses of a name are kept in order, and what is in force stays first while the name has it`() throws {
        let answer = ChangingAnswer(.addresses([ip(1), ip(2)]))
        let preparer = Preparer(source: .fixed(configuration(backends: [backend("chat.test")])), resolver: answer.resolver)
        let first = try preparer.prepare().get()
        #expect(addresses(first) == [ip(1), ip(2)])
        answer.change(.addresses([ip(3), ip(2), ip(1)]))
        #expect(addresses(try preparer.prepare(previous: first).get()) == [ip(1), ip(2), ip(3)])
        answer.change(.addresses([ip(3), ip(2)]))
        #expect(addresses(try preparer.prepare(previous: first).get()) == [ip(2), ip(3)])
        answer.change(.addresses([ip(9), ip(8)]))
        #expect(addresses(try preparer.prepare(previous: first).get()) == [ip(8), ip(9)])
    }

    @Test func `a name that cannot be resolved any more keeps its addresses, with a warning`() throws {
        let answer = ChangingAnswer(.addresses([ip(1), ip(2)]))
        let preparer = Preparer(source: .fixed(configuration(backends: [backend("chat.test")])), resolver: answer.resolver)
        let first = try preparer.prepare().get()
        #expect(first.names.failure(.addresses("chat.test")) == nil && first.lookups == [.success: 1, .failure: 0])
        answer.change(.failed(.timedOut))
        let kept = try preparer.prepare(previous: first).get()
        #expect(addresses(kept) == [ip(1), ip(2)])
        #expect(kept.warnings.map(\.message) == ["chat.test cannot be resolved: no answer in time; 10.0.0.1 and 1 more are kept"])
        #expect(kept.names.failure(.addresses("chat.test")) == .timedOut && kept.lookups == [.success: 0, .failure: 1])
    }

    @Test func `a backend whose port has changed takes nothing over`() {
        let known = [ip(2), ip(1)].compactMap { try? SocketAddress($0, port: 1) }
        #expect(PoolExpansion.addresses([ip(1), ip(2)], port: 1, known: known).map(\.ip) == [ip(2), ip(1)])
        let elsewhere = PoolExpansion.addresses([ip(1), ip(2)], port: 2, known: known)
        #expect(elsewhere.map(\.ip) == [ip(1), ip(2)] && elsewhere.map(\.port) == [2, 2])
    }

    @Test func `of a name with a thousand addresses 64 are used, and the same ones again however the answer is turned`() {
        let answer = (1...1000).map { ip($0) }
        let first = PoolExpansion.addresses(answer, port: 80, known: [])
        #expect(first.map(\.ip) == answer.prefix(64).map { $0 })
        let again = PoolExpansion.addresses(answer.reversed(), port: 80, known: first)
        #expect(again.map(\.ip) == first.map(\.ip))
    }

    @Test func `a Unix socket is no name to ask for`() throws {
        let socket = BackendSettings(url: "unix:/run/app.sock", host: "", port: 0, unixPath: "/run/app.sock")
        let preparer = Preparer(source: .fixed(configuration(backends: [socket])), resolver: .each { _ in .failed(.refused) })
        let preparation = try preparer.prepare().get()
        let addresses = try #require(preparation.backends[key("unix:/run/app.sock")]?.addresses)
        #expect(addresses.count == 1 && addresses.first?.ip == nil)
        #expect(preparation.lookups == [.success: 0, .failure: 0])
    }

    @Test func `a path that no socket can have is a problem at its backend's line`() throws {
        let path = "/" + String(repeating: "x", count: 108)
        let source = SourcePlace(file: "x.yaml", line: 12, path: "pools.main.backends[0]")
        let socket = BackendSettings(url: "unix:\(path)", host: "", port: 0, unixPath: path, source: source)
        let problem = try #require(Preparer(source: .fixed(configuration(backends: [socket]))).prepare().problem)
        #expect(problem.errors.map(\.line) == [12])
    }
}
