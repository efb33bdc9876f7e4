import Testing

@testable import BenchCore

/// What a reader made of a stream of answers, put together again.
private struct Collected: Equatable {
    var statuses: [Int] = []
    var bodies: [[UInt8]] = []
    private var current: [UInt8] = []

    mutating func read(_ bytes: some Collection<UInt8>, with reader: inout AnswerReader) throws {
        try Array(bytes).withUnsafeBytes { area in
            var cursor = 0
            while let event = try reader.next(in: area, cursor: &cursor) {
                switch event {
                case .head(let status, _): statuses.append(status)
                case .body(let start, let count, let ended):
                    current.append(contentsOf: area[start ..< start + count])
                    if ended {
                        bodies.append(current)
                        current = []
                    }
                }
            }
            #expect(cursor == area.count)
        }
    }
}

struct AnswerTests {
    private let sizes = [0, 1, 40]

    @Test func `answers come out as they went in, split at every byte and at a second one`() throws {
        let wire = sizes.flatMap { PlainRequest.answer(bodyBytes: $0) }
        let expected = sizes.map { Payload.pattern($0) }
        for first in 0 ... wire.count {
            for second in [first, (first + wire.count) / 2, wire.count] {
                var reader = AnswerReader()
                var collected = Collected()
                try collected.read(wire[..<first], with: &reader)
                try collected.read(wire[first ..< second], with: &reader)
                try collected.read(wire[second...], with: &reader)
                #expect(collected.statuses == [200, 200, 200])
                #expect(collected.bodies == expected)
            }
        }
    }

    @Test func `answers are read byte by byte`() throws {
        var reader = AnswerReader()
        var collected = Collected()
        for byte in sizes.flatMap({ PlainRequest.answer(bodyBytes: $0) }) { try collected.read([byte], with: &reader) }
        #expect(collected.bodies == sizes.map { Payload.pattern($0) })
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ])
    func `an answer whose end is not told by a length is refused`(text: String) {
        var reader = AnswerReader()
        var collected = Collected()
        #expect(throws: AnswerReader.Fault.self) { try collected.read(text.utf8, with: &reader) }
    }

    @Test func `a head without an end is refused when it is long enough`() {
        var reader = AnswerReader()
        var collected = Collected()
        let line = Array("X-Filler: 0123456789\r\n".utf8)
        #expect(throws: AnswerReader.Fault.self) {
            for _ in 0 ... 64 * 1024 / line.count { try collected.read(line, with: &reader) }
        }
    }

    @Test func `the request is a GET of a browser's size and no upgrade`() throws {
        let request = PlainRequest.request(host: "127.0.0.1:8080", path: "/1k")
        #expect((400 ... 500).contains(request.count))
        request.withUnsafeBytes { bytes in
            #expect(Head.length(of: bytes) == bytes.count)
            #expect(PlainRequest.isGet(bytes) && Upgrade.answer(to: bytes) == nil)
        }
        #expect(!Array("POST / HTTP/1.1\r\n\r\n".utf8).withUnsafeBytes { PlainRequest.isGet($0) })
    }

    @Test func `a payload shows when a KiB of it is missing`() {
        let payload = Payload.pattern(4096)
        #expect(payload[0 ..< 1024] != payload[1024 ..< 2048])
        #expect(payload[1024 ..< 2048] != payload[2048 ..< 3072])
    }
}
