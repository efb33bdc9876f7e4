import Testing
import Wire

@Suite("Event streams")
struct EventStreamTests {
    /// Whether the stream is between events behind each byte, and before the first; the same must come out wherever the
    /// bytes are cut in two.
    private func places(_ bytes: [UInt8], location: SourceLocation = #_sourceLocation) -> [Bool] {
        var scanner = EventStreamScanner()
        var places = [scanner.isBetweenEvents]
        for index in bytes.indices {
            scanner.take(bytes.span.extracting(index..<(index + 1)))
            places.append(scanner.isBetweenEvents)
        }
        for cut in 0...bytes.count {
            var pieces = EventStreamScanner()
            pieces.take(bytes.span.extracting(0..<cut))
            #expect(pieces.isBetweenEvents == places[cut], "\(cut) bytes at once", sourceLocation: location)
            pieces.take(bytes.span.extracting(cut..<bytes.count))
            #expect(pieces.isBetweenEvents == places[bytes.count], "cut at \(cut)", sourceLocation: location)
        }
        return places
    }

    /// The counts of bytes behind which the stream is between events.
    private func boundaries(_ text: String, location: SourceLocation = #_sourceLocation) -> [Int] {
        places(Array(text.utf8), location: location).indices.filter { places(Array(text.utf8))[$0] }
    }

    @Test("an event ends behind its empty line, whichever line ends it uses")
    func lineEnds() {
        #expect(boundaries("data: x\n\n") == [0, 9])
        #expect(boundaries("data: x\r\n\r\n") == [0, 11])
        #expect(boundaries("data: x\n\r\n") == [0, 10])
        #expect(boundaries("data: x\r\n\n") == [0, 10])
        #expect(boundaries("id: 1\ndata: x\ndata\n\nretry: 5\n\n") == [0, 20, 30])
    }

    @Test("behind a CR a LF may still come, so nothing is between events before the next byte shows")
    func returns() {
        #expect(boundaries("data: x\r\r") == [0])
        #expect(boundaries("data: x\r\r\n") == [0, 10])
        #expect(boundaries("data: x\r\rdata: y\r\r") == [0])
        #expect(boundaries("a\r\r\r\n") == [0, 5])
        #expect(boundaries("a\r\n\r\n\n") == [0, 5, 6])
    }

    @Test("empty lines without an event are boundaries too")
    func emptyLines() {
        #expect(boundaries("\n") == [0, 1])
        #expect(boundaries("\n\n\n") == [0, 1, 2, 3])
        #expect(boundaries("\r\n\r\n") == [0, 2, 4])
    }

    @Test("a comment, a partial line and a blank in a line are not between events")
    func inside() {
        #expect(boundaries(": ping\n") == [0])
        #expect(boundaries(": ping\n\n") == [0, 8])
        #expect(boundaries("data: x\n \n") == [0])
        #expect(boundaries("data: x\n\u{0}\n") == [0])
        #expect(boundaries("data: x") == [0])
    }

    @Test("a byte order mark may lead, and only lead")
    func byteOrderMark() {
        #expect(boundaries("\u{FEFF}") == [0, 3])
        #expect(boundaries("\u{FEFF}data: x\n\n") == [0, 3, 12])
        #expect(boundaries("\u{FEFF}\n") == [0, 3, 4])
        #expect(boundaries("\u{FEFF}\u{FEFF}\n\n") == [0, 3, 8])
        #expect(boundaries("\n\u{FEFF}\n\n") == [0, 1, 6])
        func bytes(_ bytes: [UInt8]) -> [Int] { places(bytes).indices.filter { places(bytes)[$0] } }
        #expect(bytes([0xEF, 0xBB, 0x0A, 0x0A]) == [0, 4])
        #expect(bytes([0xEF, 0x0D, 0x0A, 0x0A]) == [0, 4])
        #expect(bytes([0xEF, 0xEF, 0xBB, 0xBF, 0x0A]) == [0])
        #expect(bytes([0xBB, 0xBF, 0x0A]) == [0])
    }

    private func head(_ lines: String...) throws -> ResponseHead {
        try #require(readResponse((["HTTP/1.1 200 OK"] + lines).joined(separator: "\r\n") + "\r\n\r\n").head)
    }

    @Test(
        "an answer of type text/event-stream is an event stream, with parameters too",
        arguments: [
            "text/event-stream", "Text/Event-Stream", "text/event-stream;charset=utf-8", "text/event-stream ; charset=utf-8",
            "text/event-stream\r\nContent-Encoding: identity", "text/event-stream\r\nContent-Encoding:",
        ])
    func isEventStream(type: String) throws {
        #expect(EventStream.isEventStream(try head("Content-Type: \(type)")))
    }

    @Test(
        "another type, two types, or an encoding that hides the lines make none",
        arguments: [
            "text/event-streams", "text/event", "text/plain", "", "text/plain; text/event-stream", "text/event-stream, a/b",
            "text/event-stream\r\nContent-Type: text/event-stream", "text/event-stream\r\nContent-Encoding: gzip",
            "text/event-stream\r\nContent-Encoding: identity\r\ncontent-encoding: br",
            "text/event-stream\r\nContent-Encoding: identity, br",
        ])
    func isNone(type: String) throws {
        #expect(!EventStream.isEventStream(try head("Content-Type: \(type)")))
    }

    @Test("an answer without a type is no event stream")
    func noType() throws {
        #expect(!EventStream.isEventStream(try head("Content-Length: 0")))
    }
}
