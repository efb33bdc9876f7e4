import Testing

@testable import TLS

/// An engine with a memory of its own, fed with arrays.
final class TestEngine {
    let memory: TLSMemory
    var engine: TLSEngine

    init(
        _ context: ServerContext, outputCapacity: Int = 128 * 1024, recordsPerKey: Int = TLSEngine.recordsPerKey,
        memory: TLSMemory? = nil
    ) throws {
        let memory = memory ?? TLSMemory(outputCapacity: outputCapacity)
        self.memory = memory
        guard let engine = TLSEngine(server: context, memory: memory, recordsPerKey: recordsPerKey) else {
            throw Unavailable()
        }
        self.engine = engine
    }

    /// A client's side; by default with a memory of its own.
    init(client identity: BackendIdentity, memory: TLSMemory = TLSMemory(outputCapacity: 128 * 1024)) throws {
        self.memory = memory
        guard let engine = TLSEngine(client: identity, memory: memory) else { throw Unavailable() }
        self.engine = engine
    }

    struct Unavailable: Error {}

    // `#expect` cannot look into what cannot be copied, so the engine's facts are told by the class.
    var version: String { engine.version.description }
    var isHandshakeComplete: Bool { engine.isHandshakeComplete }
    var isResumed: Bool { engine.isResumed }
    var serverName: String? { engine.serverName }
    var cipher: String? { engine.cipher }
    var hasReceivedCloseNotify: Bool { engine.hasReceivedCloseNotify }

    func takeOutput() -> [UInt8] {
        defer { memory.resetOutput() }
        return Array(memory.outputBytes)
    }

    func handshake(_ bytes: [UInt8]) -> HandshakeStep {
        bytes.withUnsafeBytes {
            memory.input = $0
            return engine.handshake()
        }
    }

    /// Reads until the engine says something else than bytes.
    func read(_ bytes: [UInt8], capacity: Int = 65536) -> (bytes: [UInt8], end: ReadStep) {
        bytes.withUnsafeBytes {
            memory.input = $0
            return readAll(capacity: capacity)
        }
    }

    /// The same, with what is left of the input that is set already.
    func readAll(capacity: Int = 65536) -> (bytes: [UInt8], end: ReadStep) {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: capacity)
        while true {
            let step = buffer.withUnsafeMutableBytes { engine.read(into: $0) }
            guard case .bytes(let count) = step else { return (all, step) }
            all += buffer[..<count]
        }
    }

    func write(_ bytes: [UInt8]) -> WriteStep {
        bytes.withUnsafeBytes { engine.write($0) }
    }
}

/// Runs a handshake between the two until neither has anything to say; the server's last step, and whether the client is done.
///
/// - Parameter piece: how many bytes the server is given at a time.
@discardableResult
func shakeHands(_ client: TestClient, _ server: TestEngine, piece: Int = .max) -> (server: HandshakeStep, client: Bool) {
    var step = HandshakeStep.wantsInput
    for _ in 0..<8 {
        let isDone = client.handshake()
        let bytes = client.sent()
        if bytes.isEmpty { return (step, isDone) }
        var start = 0
        while start < bytes.count, step == .wantsInput {
            let end = piece == .max ? bytes.count : min(bytes.count, start + piece)
            step = server.handshake(Array(bytes[start..<end]))
            start = end
        }
        client.receive(server.takeOutput())
    }
    return (step, client.handshake())
}
