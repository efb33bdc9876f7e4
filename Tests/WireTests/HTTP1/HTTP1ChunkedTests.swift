import Testing
import Wire

@Suite("Chunked bodies")
struct HTTP1ChunkedTests {
    private enum Outcome: Equatable {
        case done(Int)
        case open
        case refused(ChunkedError)
    }

    /// Scans whole, then byte by byte, then cut in two at every place (up to 2 KiB); all must agree.
    private func scan(_ bytes: [UInt8], limits: HeadLimits = HeadLimits(), location: SourceLocation = #_sourceLocation) -> Outcome
    {
        let whole = scan(bytes, pieces: [0..<bytes.count], limits)
        guard bytes.count > 1, bytes.count <= 2048 else { return whole }
        for cut in 1..<bytes.count {
            #expect(
                scan(bytes, pieces: [0..<cut, cut..<bytes.count], limits) == whole, "cut at \(cut)", sourceLocation: location)
        }
        let single = (0..<bytes.count).map { $0..<($0 + 1) }
        #expect(scan(bytes, pieces: single, limits) == whole, "byte by byte", sourceLocation: location)
        return whole
    }

    private func scan(_ text: String, limits: HeadLimits = HeadLimits(), location: SourceLocation = #_sourceLocation) -> Outcome {
        scan(Array(text.utf8), limits: limits, location: location)
    }

    private func scan(_ bytes: [UInt8], pieces: [Range<Int>], _ limits: HeadLimits) -> Outcome {
        var scanner = ChunkedScanner(limits: limits)
        var total = 0
        for piece in pieces {
            do {
                let progress = try scanner.scan(bytes.span.extracting(piece))
                total += progress.consumed
                if progress.isDone { return .done(total) }
                guard progress.consumed == piece.count else { return .open }
            } catch {
                return .refused(error)
            }
        }
        return .open
    }

    @Test("a body ends behind its last chunk and trailers, whatever follows")
    func ends() {
        for body in [
            "0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "A\r\n0\r\n\r\n0\r\n\r\n\r\n00\r\n\r\n",
            "005\r\na\r\nbc\r\n0\r\nA: b\r\nX-Sum: 1\r\n\r\n", "1;a=b;c=\"d;\\\"\"\r\nx\r\n0;x\r\n\r\n",
        ] {
            let bytes = Array(body.utf8)
            #expect(scan(bytes + Array("5\r\nGET / HTTP/1.1".utf8)) == .done(bytes.count), "\(body.debugDescription)")
            for end in 0..<bytes.count { #expect(scan(Array(bytes[..<end])) == .open) }
        }
    }

    @Test("once done, it takes nothing more")
    func afterEnd() throws {
        var scanner = ChunkedScanner(limits: HeadLimits())
        #expect(try scanner.scan(Array("0\r\n\r\nX".utf8).span) == ChunkedProgress(consumed: 5, isDone: true))
        #expect(try scanner.scan(Array("junk".utf8).span) == ChunkedProgress(consumed: 0, isDone: true))
    }

    @Test("a chunk of 2^63 - 1 bytes is followed without holding it")
    func hugeChunk() {
        #expect(scan("7fffffffffffffff\r\n" + String(repeating: "x", count: 1000)) == .open)
        #expect(scan("0000000000000001\r\nx\r\n0\r\n\r\n") == .done(26))
    }

    @Test(
        "H13: a size that is not 1 to 16 hexadecimal digits is refused",
        arguments: [
            "0x5\r\n", "+5\r\n", "-0x0\r\n", "-1\r\n", "5_0\r\n", "\r\n", " 5\r\n", "\t5\r\n", "g\r\n", "5g\r\n", "5.\r\n",
            "ffffffffffffffff1\r\n", "00000000000000001\r\n", "ffffffffffffffff\r\n", "8000000000000000\r\n", ";a=b\r\n",
            "5,\r\n", "\u{0}",
        ])
    func badSizes(text: String) {
        #expect(scan(text) == .refused(.badSize))
        #expect(scan("1\r\nx\r\n" + text) == .refused(.badSize))
    }

    @Test(
        "a bare CR or LF, and data longer than its size, are refused",
        arguments: ["5\nhello\r\n", "5\rhello", "5\r\nhello\n", "5\r\nhelloX", "5\r\nhello\rX", "0\r\n\n", "0\r\n\rX", "0\n\r\n"])
    func badLineEnds(text: String) {
        #expect(scan(text) == .refused(.badLineEnd))
    }

    @Test(
        "H14: short clean extensions pass",
        arguments: [";a", ";a=b", ";a=\"b;c\"", " ;a", "\t; a = b", ";a=\"\\\"\\\\\" ;b", ";", ";a=\"\u{E9}\t\""])
    func goodExtensions(text: String) {
        let body = "1\(text)\r\nx\r\n0\(text)\r\n\r\n"
        #expect(scan(body) == .done(body.utf8.count))
    }

    @Test(
        "H14: line ends, NUL, unbalanced quotes and stray bytes in an extension are refused",
        arguments: [
            ";a=\"\r\n\"\r\n", "\r\r;x\r\n", ";a\nb\r\n", ";a=\"b\r\n", ";a=\"b\\\r\n", ";\u{0}\r\n", ";a=\"\u{0}\"\r\n",
            ";a=(b)\r\n", " x\r\n", "  \r\n", ";a=\"b\"c\r\n", ";a\rb\r\n", ";a=\u{7F}\r\n", ";\u{E9}\r\n",
        ])
    func badExtensions(text: String) {
        guard case .refused(let error) = scan("1" + text) else {
            Issue.record("\(text.debugDescription) was not refused")
            return
        }
        #expect(error == .badExtension || error == .badLineEnd)
    }

    @Test("H14: extensions past 1 KiB a chunk, or 16 KiB a body, are refused")
    func longExtensions() {
        let fits = ";" + String(repeating: "a", count: 1023)
        #expect(scan("1\(fits)\r\nx\r\n0\r\n\r\n") == .done(1 + 1024 + 2 + 3 + 5))
        #expect(scan("1\(fits)a") == .refused(.extensionTooLong))
        #expect(scan("1" + String(repeating: ";a=b", count: 262_144)) == .refused(.extensionTooLong))
        let chunk = "1\(fits)\r\nx\r\n"
        let sixteen = String(repeating: chunk, count: 16)
        #expect(scan(sixteen + "0\r\n\r\n") == .done(sixteen.utf8.count + 5))
        #expect(scan(sixteen + "0;") == .refused(.extensionTooLong))
    }

    @Test(
        "H16: trailers that frame, route or authenticate are refused",
        arguments: [
            "Content-Length: 5", "host: b", "Transfer-Encoding: chunked", "Connection: close", "UPGRADE: websocket",
            "Authorization: x", "Set-Cookie: a=b",
        ])
    func forbiddenTrailers(line: String) {
        #expect(scan("0\r\nX: y\r\n\(line)\r\n\r\n") == .refused(.forbiddenTrailer))
    }

    @Test(
        "H16, H39: trailers that tell about the client, or could pass for a field that does, are refused",
        arguments: [
            "X-Forwarded-For: a", "x-forwarded-PROTO: https", "X-Forwarded-Prefix: /a", "X-Forwarded-Something-Longer: a",
            "X-Real-IP: a", "x-request-id: a", "Forwarded: for=a", "TraceParent: a", "X_Real_IP: a", "_: a", "a_: a", "_a: a",
            "A-Name-That-Is-Longer-Than-What-Is-Kept_Of-It: a", "Sec-Fetch-Site: same-origin", "SEC-WebSocket-Key: a",
            "X-Original-URL: /a", "X-Rewrite-URL: /a", "X-Original-Host: a", "Front-End-Https: on", "X-Client-IP: a",
            "True-Client-IP: a",
        ])
    func claimingTrailers(line: String) {
        #expect(scan("0\r\nX: y\r\n\(line)\r\n\r\n") == .refused(.forbiddenTrailer))
    }

    @Test("H16: an underscore in a trailer's value is none in its name")
    func underscoredValue() {
        let body = "0\r\nA: b_c\r\nX-Sum: _\r\nSecond: 1\r\nX-Forwarded: a\r\n\r\n"
        #expect(scan(body) == .done(body.utf8.count))
    }

    @Test("H16: a name that only begins like a forbidden one passes")
    func similarTrailers() {
        let body = "0\r\nHosts: a\r\nContent-Lengthy: 5\r\nX-Content-Length-Of-Something-Else: 1\r\n\r\n"
        #expect(scan(body) == .done(body.utf8.count))
    }

    @Test("H16: trailers count toward the limits on lines and bytes")
    func manyTrailers() {
        #expect(scan("0\r\n" + String(repeating: "a: b\r\n", count: 10_000)) == .refused(.trailersTooLarge))
        let limits = HeadLimits(maxHead: 64, maxHeaders: 2)
        #expect(scan("0\r\na: b\r\nc: d\r\n\r\n", limits: limits) == .done(17))
        #expect(scan("0\r\na: b\r\nc: d\r\ne", limits: limits) == .refused(.trailersTooLarge))
        #expect(scan("0\r\na: " + String(repeating: "x", count: 62), limits: limits) == .refused(.trailersTooLarge))
    }

    @Test("malformed trailer lines are refused", arguments: ["a b: c\r\n", " a: b\r\n", "a\r\n", "a: \u{0}\r\n", ": b\r\n"])
    func badTrailers(line: String) {
        #expect(scan("0\r\n" + line) == .refused(.badTrailer))
    }
}
