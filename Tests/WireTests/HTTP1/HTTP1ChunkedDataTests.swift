import Testing
import Wire

@Suite("Data of chunked bodies")
struct HTTP1ChunkedDataTests {
    /// What the ranges of `pieces` add up to, and what the last call found.
    private func data(_ bytes: [UInt8], cuts: [Int]) throws -> (body: [UInt8], progress: ChunkedProgress, ranges: Int) {
        var scanner = ChunkedScanner(limits: HeadLimits())
        var (body, ranges, start): ([UInt8], Int, Int) = ([], 0, 0)
        var progress = ChunkedProgress(consumed: 0, isDone: false)
        for end in cuts + [bytes.count] where !progress.isDone {
            let piece = Array(bytes[start..<end])
            var previous = 0
            progress = try scanner.scan(piece.span) { range in
                #expect(range.lowerBound >= previous && !range.isEmpty && range.upperBound <= piece.count)
                previous = range.upperBound
                ranges += 1
                body += piece[range]
            }
            start = end
        }
        return (body, progress, ranges)
    }

    @Test(
        "the ranges add up to the body, wherever the input is cut",
        arguments: [
            ("5\r\nhello\r\n0\r\n\r\n", "hello"), ("0\r\n\r\n", ""),
            ("1;a=\"b\"\r\nx\r\n0002\r\nyz\r\n00\r\nA: b\r\n\r\n", "xyz"),
            ("6\r\n0\r\n\r\n\r\r\n0\r\n\r\n", "0\r\n\r\n\r"),
        ])
    func addUp(text: String, body: String) throws {
        let bytes = Array(text.utf8) + Array("HTTP/1.1 200 OK\r\n".utf8)
        let chunks = body.isEmpty ? 0 : text.hasPrefix("1;") ? 2 : 1
        let whole = try data(bytes, cuts: [])
        #expect(whole.body == Array(body.utf8))
        #expect(whole.ranges == chunks)
        #expect(whole.progress == ChunkedProgress(consumed: text.utf8.count, isDone: true))
        for cuts in (1..<bytes.count).map({ [$0] }) + [Array(1..<bytes.count)] {
            let pieces = try data(bytes, cuts: cuts)
            #expect(pieces.body == Array(body.utf8), "cut at \(cuts.prefix(2))")
            #expect(pieces.progress.isDone)
        }
    }

    @Test("data before a byte that is refused has been handed out")
    func refused() {
        var scanner = ChunkedScanner(limits: HeadLimits())
        var ranges: [Range<Int>] = []
        #expect(throws: ChunkedError.badLineEnd) { try scanner.scan(Array("3\r\nabcX".utf8).span) { ranges.append($0) } }
        #expect(ranges == [3..<6])
    }

    @Test("data can go straight on to a reader of events")
    func events() throws {
        let bytes = Array("7\r\ndata: x\r\n1\r\n\n\r\n1\r\n\n\r\n".utf8)
        var scanner = ChunkedScanner(limits: HeadLimits())
        var events = EventStreamScanner()
        var seen: [Bool] = []
        _ = try scanner.scan(bytes.span) { range in
            events.take(bytes.span.extracting(range))
            seen.append(events.isBetweenEvents)
        }
        #expect(seen == [false, false, true])
        #expect(scanner.isBetweenChunks)
    }

    @Test("between chunks is where a size line begins, and nowhere once the last one has")
    func betweenChunks() throws {
        let bytes = Array("2;a\r\nxy\r\n1\r\nz\r\n0\r\nA: b\r\n\r\n".utf8)
        var scanner = ChunkedScanner(limits: HeadLimits())
        var places = scanner.isBetweenChunks ? [0] : []
        for index in bytes.indices {
            _ = try scanner.scan(bytes.span.extracting(index..<(index + 1)))
            if scanner.isBetweenChunks { places.append(index + 1) }
        }
        #expect(places == [0, 9, 15])
        #expect(!scanner.isBetweenChunks)
    }
}
