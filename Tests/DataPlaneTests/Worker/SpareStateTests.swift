import Glibc
import Support
import Testing

@testable import DataPlane

/// When the state of an exchange that is over serves another one.
@Suite(.serialized) struct SpareStateTests {
    private let proxy: WorkerOnThread
    private let client: RawSocket
    private let session: SessionDriver
    private static let request = "GET /fixed HTTP/1.1\r\nHost: example.com\r\n\r\n"

    /// One connection, which has asked for nothing yet.
    init() throws {
        let proxy = try WorkerOnThread(backends: [9], routes: ", { name: fixed, path: /fixed, respond: 204 }")
        client = try #require(RawSocket.connected(port: proxy.plainPort))
        #expect(proxy.turn { proxy.worker.sessions.count == 1 })
        session = try #require(proxy.worker.sessions.values.first)
        self.proxy = proxy
    }

    /// Sends so many requests at once, which one event answers; the state behind them.
    private func ask(_ count: Int) throws -> ExchangeState {
        client.send(Array(String(repeating: Self.request, count: count).utf8))
        #expect(proxy.turn { isAnswered })
        for _ in 0..<count { #expect(client.receive(through: "\r\n\r\n").hasPrefix("HTTP/1.1 204 ")) }
        return try #require(session.current)
    }

    private var isAnswered: Bool {
        var byte: UInt8 = 0
        return recv(client.descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 1
    }

    @Test func `none that ended within an event is used again before the next`() throws {
        let first = try #require(session.current)
        let behind = try ask(2)
        #expect(behind !== first && proxy.worker.spareState == nil)
        let used = try #require(proxy.worker.usedState)
        #expect(used !== first && used !== behind)
        // The next event has it for the exchange behind its own.
        #expect(try ask(1) === used && proxy.worker.usedState === behind)
    }

    @Test func `a reload lets go of it, and with it of the configuration before`() throws {
        _ = try ask(1)
        weak var used: ExchangeState?
        used = proxy.worker.usedState
        #expect(used != nil)
        try proxy.reload(path: "/*")
        #expect(used == nil)
    }
}
