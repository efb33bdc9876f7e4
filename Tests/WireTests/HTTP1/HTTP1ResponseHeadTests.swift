import Testing
import Wire

@Suite("Response heads")
struct HTTP1ResponseHeadTests {
    private func response(_ lines: String..., start: String = "HTTP/1.1 200 OK") -> ResponseOutcome {
        readResponse(([start] + lines).joined(separator: "\r\n") + "\r\n\r\n")
    }

    @Test("an ordinary answer is read into its parts, and ends before its body")
    func ordinary() throws {
        let text = "HTTP/1.1 404 Not  Found\r\nServer: x\r\nContent-Length: 5\r\n\r\n"
        let head = try #require(readResponse(text + "hello").head)
        #expect(head.status == 404)
        #expect(String(decoding: head.headers.bytes[head.reason], as: UTF8.self) == "Not  Found")
        #expect(head.version == .http11)
        #expect(head.headers.string("server") == "x")
        #expect(head.length == text.utf8.count)
        #expect(head.body(answering: .get) == .length(5))
        #expect(!head.isInterim)
    }

    @Test("a reason may be empty, absent or past ASCII", arguments: ["HTTP/1.1 204 ", "HTTP/1.1 204", "HTTP/1.0 204 \u{E9}\t!"])
    func reasons(line: String) {
        #expect(response(start: line).head?.status == 204)
    }

    @Test(
        "H46: a status line that is none is refused",
        arguments: [
            "HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 2000 OK", "HTTP/1.1  200 OK", "HTTP/1.1 +20 OK", "HTTP/1.1 099 x",
            "HTTP/1.1 600 x", "HTTP/1.1 999 x", "HTTP/1.1 000 x",
            "http/1.1 200 OK", "HTTP/1.10 200 OK", "ICY 200 OK", " HTTP/1.1 200 OK", "HTTP/1.1\t200 OK", "HTTP/1.1 200\tOK",
            "HTTP/1.1 200 O\u{0}K", "HTTP/1.1 200 O\u{7F}K",
        ])
    func badStatusLines(line: String) {
        #expect(response(start: line).refusal == .badStatusLine)
    }

    @Test("H46: an answer of another major version is refused, and no empty line may come before the status line")
    func versions() {
        #expect(response(start: "HTTP/2.0 200 OK").refusal == .unsupportedVersion)
        #expect(readResponse("\r\nHTTP/1.1 200 OK\r\n\r\n").refusal == .badStatusLine)
    }

    @Test("U24: an HTTP/2 preface or garbage instead of an answer is refused at its first bytes")
    func garbage() {
        #expect(readResponse([0x00, 0x00, 0x12, 0x04]).refusal == .badStatusLine)
        #expect(readResponse("PRI * HTTP/2.0\r\n").refusal == .badStatusLine)
        #expect(readResponse("-ERR unknown command\r\n").refusal == .badStatusLine)
        #expect(readResponse("HTTP/1.1 200 " + String(repeating: "x", count: 100_000)).refusal == .headTooLarge)
    }

    @Test("H46: bad fields are refused as they are in a request")
    func badFields() {
        #expect(response("A B: c").refusal == .badHeaderName)
        #expect(response("A : c").refusal == .badHeaderName)
        #expect(response("A: b", " c").refusal == .foldedHeader)
        #expect(response("A: \u{0}").refusal == .badHeaderValue)
        #expect(readResponse("HTTP/1.1 200 OK\nA: b\r\n\r\n").refusal == .badLineEnd)
        #expect(readResponse("HTTP/1.1 200 OK\r\nA: b\n\r\n").refusal == .badLineEnd)
        #expect(readResponse("HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n").refusal == .badLineEnd)
        #expect(
            readResponse("HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n", limits: HeadLimits(maxHeaders: 1)).refusal == .tooManyHeaders)
    }

    @Test("H46: framing that could be read in two ways is refused")
    func badFraming() {
        #expect(response("Content-Length: 5", "Transfer-Encoding: chunked").refusal == .bothLengthAndEncoding)
        #expect(response("Content-Length: 5", "Content-Length: 5").refusal == .badContentLength)
        #expect(response("Content-Length: 5, 5").refusal == .badContentLength)
        #expect(response("Content-Length: +5").refusal == .badContentLength)
        #expect(response("Transfer-Encoding: gzip").refusal == .badTransferEncoding)
        #expect(response("Transfer-Encoding: chunked, chunked").refusal == .badTransferEncoding)
        #expect(response("Transfer-Encoding: chunked", start: "HTTP/1.0 200 OK").refusal == .badTransferEncoding)
    }

    @Test("the end of the body follows from method, status and fields")
    func body() {
        #expect(response("Content-Length: 007").head?.body(answering: .get) == .length(7))
        #expect(response("Transfer-Encoding: chunked").head?.body(answering: .post) == .chunked)
        #expect(response().head?.body(answering: .get) == .untilClose)
        #expect(response("Content-Length: 7").head?.body(answering: .head) == ResponseBodyFraming.none)
        #expect(response("Transfer-Encoding: chunked").head?.body(answering: .head) == ResponseBodyFraming.none)
        for status in ["101 x", "103 x", "204 x", "304 x"] {
            let head = response("Content-Length: 7", start: "HTTP/1.1 \(status)").head
            #expect(head?.body(answering: .get) == ResponseBodyFraming.none)
        }
    }

    @Test("H47: bytes behind the head are not part of it, so a body can be cut at its length")
    func excess() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
        let head = readResponse(text + "okHTTP/1.1 200 OK\r\n\r\n").head
        #expect(head?.length == text.utf8.count)
        #expect(head?.body(answering: .get) == .length(2))
    }

    @Test("100, 102, 103 and unknown 1xx are interim; 101 and all others are final")
    func interim() {
        for (status, isInterim) in [(100, true), (101, false), (102, true), (103, true), (199, true), (200, false), (426, false)]
        {
            #expect(response(start: "HTTP/1.1 \(status) x").head?.isInterim == isInterim)
        }
    }
}
