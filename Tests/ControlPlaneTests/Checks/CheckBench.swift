import Dispatch
import Session
import TLS
import Testing
import Transport

@testable import ControlPlane

/// A runner, and the results it delivers. Every wait is bounded.
final class CheckBench: Sendable {
    private let inbox = Inbox()
    let runner: CheckRunner

    final class Inbox: Sendable {
        private let results = Guarded<[CheckResult]>([])
        private let arrived = DispatchSemaphore(value: 0)

        func add(_ result: CheckResult) {
            results.withLock { $0.append(result) }
            arrived.signal()
        }

        func next() -> CheckResult? {
            guard arrived.wait(timeout: .now() + .seconds(20)) == .success else { return nil }
            return results.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }
    }

    init() throws {
        runner = try CheckRunner { [inbox] in inbox.add($0) }
        try runner.start()
    }

    deinit { runner.stop() }

    /// The next result, whose ever it is.
    func next() -> CheckResult? { inbox.next() }

    static let second: UInt64 = 1_000_000_000

    static func target(
        _ addresses: [SocketAddress], _ kind: CheckKind = .tcp, identity: BackendIdentity? = nil, preface: [UInt8] = [],
        timeout: UInt64 = 10 * second
    ) throws -> CheckTarget {
        CheckTarget(
            addresses: addresses, identity: identity, preface: preface, plan: try #require(CheckPlan(kind)), timeout: timeout)
    }

    /// One check, begun and awaited.
    func check(
        _ addresses: [SocketAddress], _ kind: CheckKind = .tcp, identity: BackendIdentity? = nil, preface: [UInt8] = [],
        timeout: UInt64 = 10 * second
    ) throws -> CheckResult {
        let target = try Self.target(addresses, kind, identity: identity, preface: preface, timeout: timeout)
        #expect(runner.begin(id: 1, target: target))
        let result = try #require(next())
        #expect(result.id == 1)
        return result
    }
}

extension CheckKind {
    static let plain = CheckKind.http(HTTPCheck(path: "/healthz", host: "backend"))
    static func plain(body: String) -> CheckKind { .http(HTTPCheck(path: "/healthz", host: "backend", body: body)) }
    static let ping = CheckKind.websocket(WebSocketCheck(path: "/ws", host: "backend", ping: true))
}
