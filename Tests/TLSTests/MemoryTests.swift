import COpenSSL
import Glibc
import Testing

@testable import TLS

/// Weighed in a process of its own, where no other test allocates. Nothing can be weighed under a sanitizer, whose allocator
/// tells nothing.
@Suite(.enabled(if: mallinfo2().uordblks > 0)) struct MemoryTests {
    @Test func `an idle engine holds less than 15 KiB`() async {
        await #expect(processExitsWith: .success) {
            for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
                for hasEchoed in [false, true] {
                    let weight = try MemoryTests.weight(version, hasEchoed: hasEchoed)
                    #expect(weight > 8 * 1024)
                    #expect(weight < 15 * 1024)
                }
            }
        }
    }

    /// A resumed connection shares the server's certificate with the session it came from; a full handshake has parsed one of its own,
    /// which OpenSSL keeps as long as the connection.
    @Test(arguments: [(true, 16), (false, 20)])
    func `an idle engine toward a backend holds less than 16 KiB when resumed, 20 KiB when not`(resumes: Bool, kibibytes: Int) async {
        await #expect(processExitsWith: .success) { [resumes, kibibytes] in
            for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
                let weight = try MemoryTests.weightOfDialer(version, resumes: resumes)
                #expect(weight > 8 * 1024)
                #expect(weight < kibibytes * 1024)
            }
        }
    }

    /// What an engine that dials adds to the heap, after a full handshake or a resumption, in bytes: the median of many.
    private static func weightOfDialer(_ version: Int32, resumes: Bool) throws -> Int {
        let folder = try TestFolder()
        let authority = try TestAuthority(folder)
        let files = try authority.issue("DNS:localhost")
        let tickets = TicketKeys()
        let server = try ServerContext(certificates: [files], minimumVersion: .tls12, tickets: tickets)
        let identity = BackendIdentity(context: try ClientContext(ClientOptions(authorities: authority.file)), name: "localhost")
        let (near, far) = (TLSMemory(outputCapacity: 65536), TLSMemory(outputCapacity: 65536))
        var engines: [TestEngine] = []
        engines.reserveCapacity(101)
        var growths: [Int] = []
        for _ in 0..<101 {
            // The server forgets what it gave.
            if !resumes { for _ in 0..<2 { tickets.rotate() } }
            let before = Int(mallinfo2().uordblks)
            let dialer = try TestEngine(client: identity, memory: near)
            #expect(tidegate_SSL_set_maximum_version(dialer.engine.ssl, version) == 1)
            try connectAndEcho(dialer, TestEngine(server, memory: far))
            engines.append(dialer)
            growths.append(Int(mallinfo2().uordblks) - before)
        }
        let resumed = engines.count { $0.isResumed }
        #expect(resumed == (resumes ? 100 : 0))
        return growths.sorted()[50]
    }

    private static func connectAndEcho(_ dialer: TestEngine, _ server: TestEngine) throws {
        #expect(meet(dialer, server).dialer == .complete)
        #expect(dialer.write([1, 2, 3]) == .done)
        #expect(server.read(dialer.takeOutput(), capacity: 64).bytes == [1, 2, 3])
        #expect(server.write([4]) == .done)
        #expect(dialer.read(server.takeOutput(), capacity: 64).bytes == [4])
    }

    /// What an engine adds to the heap once its client is gone again, in bytes: the median of many.
    private static func weight(_ version: Int32, hasEchoed: Bool) throws -> Int {
        let folder = try TestFolder()
        let context = try makeContext(folder)
        let memory = TLSMemory(outputCapacity: 65536)
        _ = try connected(context, only(version))
        var engines: [IdleEngine] = []
        engines.reserveCapacity(100)
        var growths: [Int] = []
        for _ in 0..<100 {
            let before = Int(mallinfo2().uordblks)
            engines.append(try idleEngine(context, memory, only(version), echo: hasEchoed))
            growths.append(Int(mallinfo2().uordblks) - before)
        }
        let complete = engines.count { $0.isHandshakeComplete }
        #expect(complete == 100)
        return growths.sorted()[50]
    }

    /// An engine that waits: after its handshake, or after it has answered a message.
    private static func idleEngine(
        _ context: ServerContext, _ memory: TLSMemory, _ options: TestClient.Options, echo: Bool
    ) throws -> IdleEngine {
        let client = try TestClient(options)
        let idle = try IdleEngine(context, memory)
        try idle.connect(client)
        if echo { idle.echo(client) }
        return idle
    }
}

/// An engine that shares its memory with others, as on a worker.
private final class IdleEngine {
    var engine: TLSEngine
    let memory: TLSMemory

    var isHandshakeComplete: Bool { engine.isHandshakeComplete }

    init(_ context: ServerContext, _ memory: TLSMemory) throws {
        guard let engine = TLSEngine(server: context, memory: memory) else { throw TestEngine.Unavailable() }
        self.engine = engine
        self.memory = memory
    }

    func connect(_ client: TestClient) throws {
        var step = HandshakeStep.wantsInput
        for _ in 0..<4 {
            client.handshake()
            let bytes = client.sent()
            if bytes.isEmpty { break }
            step = bytes.withUnsafeBytes {
                memory.input = $0
                return engine.handshake()
            }
            client.receive(takeOutput())
        }
        #expect(step == .complete)
    }

    func echo(_ client: TestClient) {
        client.write([1, 2, 3])
        let wire = client.sent()
        var buffer = [UInt8](repeating: 0, count: 64)
        let read = wire.withUnsafeBytes { input in
            memory.input = input
            return buffer.withUnsafeMutableBytes { engine.read(into: $0) }
        }
        #expect(read == .bytes(3))
        #expect(buffer.withUnsafeBytes { engine.write(UnsafeRawBufferPointer(rebasing: $0[..<3])) } == .done)
        client.receive(takeOutput())
        #expect(client.read() == [1, 2, 3])
    }

    private func takeOutput() -> [UInt8] {
        defer { memory.resetOutput() }
        return Array(memory.outputBytes)
    }
}
