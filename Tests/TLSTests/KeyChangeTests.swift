import COpenSSL
import Testing

@testable import TLS

@Suite struct KeyChangeTests {
    let folder: TestFolder
    let context: ServerContext

    init() throws {
        folder = try TestFolder()
        context = try makeContext(folder)
    }

    @Test func `renegotiation is refused, and ends the connection (T1)`() throws {
        let (client, server) = try connected(context, only(TLS1_2_VERSION))
        client.renegotiate()
        let result = server.read(client.sent())
        #expect(result.end.reason == .renegotiation)
        let output = server.takeOutput()
        #expect(output.first == 21)
    }

    @Test func `data before a renegotiation is handed out first`() throws {
        let (client, server) = try connected(context, only(TLS1_2_VERSION))
        client.write([1, 2])
        client.renegotiate()
        let result = server.read(client.sent())
        #expect(result.bytes == [1, 2])
        #expect(result.end.reason == .renegotiation)
    }

    @Test func `a KeyUpdate is answered, and both keys work afterwards`() throws {
        let (client, server) = try connected(context)
        client.updateKey()
        client.write([1])
        let result = server.read(client.sent())
        #expect(result.bytes == [1])
        #expect(server.write([2]) == .done)
        let output = server.takeOutput()
        #expect(recordLengths(output).count == 2)
        client.receive(output)
        #expect(client.read() == [2])
    }

    @Test func `a KeyUpdate that comes alone is answered before our next data`() throws {
        let (client, server) = try connected(context)
        client.updateKey()
        #expect(server.read(client.sent()).end == .wantsInput)
        #expect(server.write([2]) == .done)
        let output = server.takeOutput()
        #expect(recordLengths(output).count == 2)
        client.receive(output)
        #expect(client.read() == [2])
    }

    @Test func `KeyUpdates without data between them end the connection within a bound (T8)`() throws {
        let (client, server) = try connected(context)
        var wire: [UInt8] = []
        for _ in 0..<1000 {
            client.updateKey()
            wire += client.sent()
        }
        let result = server.read(wire)
        #expect(result.end.reason == .keyUpdateFlood)
        #expect(server.memory.outputCount < 40 * (TLSEngine.emptyReadLimit + 2))
        #expect(server.memory.inputConsumed < wire.count / 20)
    }

    @Test func `the same, one KeyUpdate per input (T8)`() throws {
        let (client, server) = try connected(context)
        for count in 1... {
            client.updateKey()
            let result = server.read(client.sent())
            client.receive(server.takeOutput())
            if result.end == .wantsInput, count <= TLSEngine.emptyReadLimit { continue }
            #expect(result.end.reason == .keyUpdateFlood)
            #expect(count > 8)
            break
        }
    }

    @Test func `data between them does not hide a flood within one input (T8)`() throws {
        let (client, server) = try connected(context)
        var wire: [UInt8] = []
        for _ in 0..<200 {
            client.updateKey()
            client.write([1])
            wire += client.sent()
        }
        let result = server.read(wire)
        #expect(result.end.reason == .keyUpdateFlood)
        #expect(result.bytes.count <= TLSEngine.emptyReadLimit)
    }

    @Test func `a peer that changes its key now and then for ever is served`() throws {
        let (client, server) = try connected(context)
        for round in 0..<200 {
            client.updateKey()
            client.write([UInt8(round)])
            let result = server.read(client.sent())
            #expect(result.bytes == [UInt8(round)])
            #expect(result.end == .wantsInput)
            client.receive(server.takeOutput())
            _ = client.read()
        }
    }

    @Test func `a worn key is replaced in TLS 1_3 and the stream goes on`() throws {
        let (client, server) = try connected(context, recordsPerKey: 10)
        var updates = 0
        for round in 0..<100 {
            #expect(server.write([UInt8(round)]) == .done)
            let output = server.takeOutput()
            updates += recordLengths(output).count - 1
            client.receive(output)
            #expect(client.read() == [UInt8(round)])
        }
        #expect(updates >= 9)
    }

    @Test func `TLS 1_2 has no such thing and goes on`() throws {
        let (client, server) = try connected(context, only(TLS1_2_VERSION), recordsPerKey: 3)
        for round in 0..<10 {
            #expect(server.write([UInt8(round)]) == .done)
            client.receive(server.takeOutput())
            #expect(client.read() == [UInt8(round)])
        }
    }
}
