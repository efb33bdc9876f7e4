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
        guard let engine = TLSEngine(server: context, memory: memory) else { throw TestServer.Unavailable() }
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
