import COpenSSL
import Testing

@testable import TLS

@Suite struct TransferTests {
    let folder: TestFolder
    let context: ServerContext

    init() throws {
        folder = try TestFolder()
        context = try makeContext(folder)
    }

    private func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) } }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `64 KiB in one write arrive whole, in one output of four records`(version: Int32) throws {
        let (client, server) = try connected(context, only(version))
        let bytes = pattern(65536)
        #expect(server.write(bytes) == .done)
        let output = server.takeOutput()
        #expect(recordLengths(output).count == 4)
        client.receive(output)
        #expect(client.read() == bytes)
    }

    @Test func `small frames handed over together make one record`() throws {
        let (client, server) = try connected(context)
        #expect(server.write(pattern(40 * 130)) == .done)
        let output = server.takeOutput()
        #expect(recordLengths(output).count == 1)
        client.receive(output)
        #expect(client.read() == pattern(40 * 130))
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `data that arrives in any pieces comes out the same`(version: Int32) throws {
        let bytes = pattern(40_000)
        for piece in [1, 2, 5, 6, 100, 16_384, 16_406, 30_000] {
            let (client, server) = try connected(context, only(version))
            client.write(bytes)
            let wire = client.sent()
            var read: [UInt8] = []
            for start in stride(from: 0, to: wire.count, by: piece) {
                let result = server.read(Array(wire[start..<min(wire.count, start + piece)]))
                #expect(result.end == .wantsInput)
                read += result.bytes
            }
            #expect(read == bytes)
        }
    }

    @Test func `one call reads all records of an input when the buffer is large enough`() throws {
        let (client, server) = try connected(context)
        for _ in 0..<50 { client.write(pattern(100)) }
        let wire = client.sent()
        var buffer = [UInt8](repeating: 0, count: wire.count + 16384)
        let step = wire.withUnsafeBytes { input in
            server.memory.input = input
            return buffer.withUnsafeMutableBytes { server.engine.read(into: $0) }
        }
        #expect(step == .bytes(5000))
        #expect(server.memory.inputConsumed == wire.count)
    }

    @Test func `a small buffer is filled again and again without new input`() throws {
        let (client, server) = try connected(context)
        client.write(pattern(20_000))
        let result = server.read(client.sent(), capacity: 7)
        #expect(result.bytes == pattern(20_000))
        #expect(result.end == .wantsInput)
    }

    @Test func `no bytes make no record`() throws {
        let (_, server) = try connected(context)
        #expect(server.write([]) == .done)
        #expect(server.memory.outputCount == 0)
    }

    @Test func `a write that does not fit takes nothing and succeeds once there is room`() throws {
        let client = try TestClient()
        let server = try TestEngine(context, outputCapacity: 32 * 1024)
        #expect(shakeHands(client, server).server == .complete)
        #expect(server.write(pattern(20_000)) == .done)
        let before = server.memory.outputCount
        #expect(server.write(pattern(20_000)) == .outputFull)
        #expect(server.memory.outputCount == before)
        client.receive(server.takeOutput())
        #expect(server.write(pattern(20_000)) == .done)
        client.receive(server.takeOutput())
        #expect(client.read() == pattern(20_000) + pattern(20_000))
    }

    @Test func `what is written never exceeds the capacity`() throws {
        let server = try TestEngine(context, outputCapacity: 40_000)
        #expect(shakeHands(try TestClient(), server).server == .complete)
        for count in stride(from: 39_700, through: 40_001, by: 7) {
            server.memory.resetOutput()
            let step = server.write(pattern(count))
            #expect(step == (server.memory.outputCount == 0 ? .outputFull : .done))
            #expect(server.memory.outputCount <= 40_000)
        }
    }

    @Test func `as many bytes as writableCount says always fit`() throws {
        let client = try TestClient()
        let server = try TestEngine(context, outputCapacity: 100_000)
        #expect(shakeHands(client, server).server == .complete)
        for first in [0, 1, 16_384, 16_385, 50_000] {
            #expect(server.write(pattern(first)) == .done)
            let count = server.engine.writableCount
            #expect(count > 0)
            #expect(server.write(pattern(count)) == .done)
            #expect(server.memory.outputCount <= 100_000)
            server.memory.resetOutput()
        }
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `the client's close_notify is told after its last bytes, and writing goes on (T11)`(version: Int32) throws {
        let (client, server) = try connected(context, only(version))
        client.write([1, 2])
        client.close()
        let wire = client.sent()
        #expect(!server.hasReceivedCloseNotify)
        let result = server.read(wire)
        #expect(result.bytes == [1, 2])
        #expect(result.end == .closeNotify)
        #expect(server.hasReceivedCloseNotify)
        #expect(server.read([]).end == .closeNotify)
        #expect(server.write([3]) == .done)
        #expect(recordLengths(server.takeOutput()).count == 1)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `our close_notify is one record, once, and reading goes on`(version: Int32) throws {
        let (client, server) = try connected(context, only(version))
        #expect(server.write([9]) == .done)
        server.engine.closeNotify()
        server.engine.closeNotify()
        let output = server.takeOutput()
        #expect(recordLengths(output).count == 2)
        client.receive(output)
        client.write([5])
        #expect(client.read() == [9])
        #expect(client.hasReceivedCloseNotify)
        #expect(server.read(client.sent()).bytes == [5])
    }

    @Test func `a record cut short never looks like an end (T10)`() throws {
        let (client, server) = try connected(context)
        client.write(pattern(100))
        let wire = client.sent()
        for count in 1..<wire.count {
            let (other, engine) = try connected(context)
            other.write(pattern(100))
            let result = engine.read(Array(other.sent().prefix(count)))
            #expect(result.bytes.isEmpty)
            #expect(result.end == .wantsInput)
            #expect(!engine.hasReceivedCloseNotify)
            if count > 8 { break }
        }
        let result = server.read(Array(wire.dropLast()))
        #expect(result.end == .wantsInput)
        #expect(!server.hasReceivedCloseNotify)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `a damaged record fails behind the good ones, with an alert (T20)`(version: Int32) throws {
        let (client, server) = try connected(context, only(version))
        client.write([1, 2, 3])
        var wire = client.sent()
        client.write([4, 5, 6])
        var second = client.sent()
        second[second.count - 1] ^= 1
        wire += second
        let result = server.read(wire)
        #expect(result.bytes == [1, 2, 3])
        #expect(result.end.reason == .badRecord)
        #expect(server.memory.outputCount > 0)
        client.receive(server.takeOutput())
        #expect(client.read().isEmpty)
        #expect(client.lastError == "sslv3 alert bad record mac")
        #expect(server.read([]).end.reason == .badRecord)
    }

    @Test func `a record of more than 2^14 bytes is refused (T7)`() throws {
        let (_, server) = try connected(context)
        let result = server.read([23, 3, 3, 0x42, 0x00] + pattern(0x4200))
        #expect(result.end.reason == .badRecord)
    }
}

/// The lengths of the records in `bytes`; whatever is no whole record at the end counts as one of -1.
func recordLengths(_ bytes: [UInt8]) -> [Int] {
    var lengths: [Int] = []
    var start = 0
    while start < bytes.count {
        guard start + 5 <= bytes.count else { return lengths + [-1] }
        let length = Int(bytes[start + 3]) << 8 | Int(bytes[start + 4])
        guard start + 5 + length <= bytes.count else { return lengths + [-1] }
        lengths.append(length)
        start += 5 + length
    }
    return lengths
}
