import Testing
import Wire

@Suite("The request line")
struct HTTP1RequestLineTests {
    @Test("an ordinary request is read into its parts")
    func ordinary() throws {
        let text = "GET /chat/a?x=1&y HTTP/1.1\r\nHost: Chat.Example:8443\r\nX-Empty:\r\nX-Wide: \t a b \t\r\n\r\n"
        let head = try #require(readRequest(text).head)
        #expect(head.method == .get)
        #expect(head.target.form == .origin)
        #expect(head.target.path == Array("/chat/a".utf8))
        #expect(head.target.query == Array("x=1&y".utf8))
        #expect(head.target.originForm == Array("/chat/a?x=1&y".utf8))
        #expect(head.version == .http11)
        #expect(head.host?.text == "chat.example")
        #expect(head.port == 8443)
        #expect(head.body == .none)
        #expect(head.length == text.utf8.count)
        #expect(head.headers.string("x-empty") == "")
        #expect(head.headers.string("X-WIDE") == "a b")
        #expect(head.headers.first("x-none") == nil)
        #expect(!head.expectsContinue)
    }

    @Test("a head that is not all here yet is neither a head nor an error")
    func incomplete() {
        let text = Array(request("A: b").utf8)
        for end in 0..<text.count {
            let outcome = readRequest(Array(text[..<end]))
            #expect(outcome.head == nil && outcome.refusal == nil, "\(end) bytes")
        }
        #expect(readRequest(text).head != nil)
    }

    @Test("fed byte by byte, a value of 32,000 bytes is read once: no byte is looked at again before the head is whole")
    func linear() throws {
        let text = Array(request("A: " + String(repeating: "x", count: 32_000)).utf8)
        let value = text.count - 4 - 32_000..<text.count - 4
        #expect(text[value].allSatisfy { $0 == UInt8(ascii: "x") })
        var parser = RequestHeadParser(limits: HeadLimits())
        // A byte of the value that has been read becomes NUL, which would end in an error if it were read a second time.
        var shown = text
        for end in 1..<text.count {
            let early = try parser.parse(shown.span.extracting(0..<end))
            #expect(early == nil)
            if value.contains(end - 1) { shown[end - 1] = 0 }
        }
        let head = try #require(try parser.parse(text.span))
        #expect(head.length == text.count)
        #expect(head.headers.first("A")?.count == 32_000)
    }

    @Test(
        "H27: a method that is no token, or none at all, ends in 400",
        arguments: [
            "G=\":<>(e) / HTTP/1.1", " / HTTP/1.1", "G\u{E9}T / HTTP/1.1", "G\u{0}T / HTTP/1.1", "GET\t/ HTTP/1.1",
            "\tGET / HTTP/1.1",
        ])
    func badMethod(line: String) {
        #expect(readRequest(request(start: line)).refusal == .badRequestLine)
    }

    @Test("H27: a method of 10 KiB ends in 501 after 33 bytes, and one of 32 bytes is read")
    func longMethod() {
        let outcome = readRequest(String(repeating: "G", count: 33))
        #expect(outcome.refusal == .methodTooLong)
        #expect(outcome.refusal?.status == 501)
        #expect(readRequest(String(repeating: "G", count: 10_240) + " / HTTP/1.1\r\n").refusal == .methodTooLong)
        let name = String(repeating: "G", count: 32)
        #expect(readRequest(request(start: "\(name) / HTTP/1.1")).head?.method == .other(Array(name.utf8)))
    }

    @Test("H27: what a client invents as a method never becomes a label")
    func methodLabel() {
        let labels = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get", "BREW"].map { name in
            readRequest(request(start: "\(name) / HTTP/1.1")).head?.method.label.description
        }
        #expect(labels == ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "OTHER", "OTHER"])
    }

    @Test(
        "H28: a version that is not HTTP/DIGIT.DIGIT ends in 400",
        arguments: [
            "HTTP/1.32", "HTTP/1.1.1", "http/1.1", "HTTP/4294967295.255", "HTTP/1", "HTTP/1,1", "HTTP/a.b", "HTTPS/1.1",
            "HTTP/1.1\t",
        ])
    func badVersion(version: String) {
        let outcome = readRequest(request(start: "GET / \(version)"))
        #expect(outcome.refusal == .badVersion)
        #expect(outcome.refusal?.status == 400)
    }

    @Test(
        "H28: a well-formed version of another major number ends in 505",
        arguments: ["HTTP/2.0", "HTTP/0.9", "HTTP/3.0", "HTTP/9.9"])
    func otherVersion(version: String) {
        let outcome = readRequest(request(start: "GET / \(version)"))
        #expect(outcome.refusal == .unsupportedVersion)
        #expect(outcome.refusal?.status == 505)
    }

    @Test(
        "H28: HTTP/0.9, a request line without a version, ends in 400", arguments: ["GET /\r\n", "GET / \r\n\r\n", "GET\r\n\r\n"])
    func noVersion(text: String) {
        #expect(readRequest(text).refusal?.status == 400)
    }

    @Test("a higher minor version of HTTP/1 is read as 1.1, and 1.0 as 1.0")
    func minorVersions() {
        #expect(readRequest(request(start: "GET / HTTP/1.2")).head?.version == .http11)
        #expect(readRequest(request(start: "GET / HTTP/1.0")).head?.version == .http10)
    }

    @Test(
        "two spaces in the request line, or one at its end, end in 400",
        arguments: ["GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", "GET / x HTTP/1.1"])
    func spaces(line: String) {
        #expect(readRequest(request(start: line)).refusal?.status == 400)
    }

    @Test("H30: one empty line before the request is passed over, and counts into its length")
    func leadingLine() {
        let text = "\r\n" + request("A: b")
        let head = readRequest(text).head
        #expect(head?.length == text.utf8.count)
        #expect(head?.headers.string("A") == "b")
        #expect(head?.host?.text == "a.example")
    }

    @Test("H30: more than one empty line before the request ends in 400", arguments: [2, 1000])
    func leadingLines(count: Int) {
        let outcome = readRequest(String(repeating: "\r\n", count: count) + request())
        #expect(outcome.refusal == .badRequestLine)
        #expect(outcome.refusal?.status == 400)
    }

    @Test("H26: a target past its limit ends in 414, at the first byte too many")
    func longTarget() {
        let limits = HeadLimits(maxTarget: 64)
        let fits = "/" + String(repeating: "a", count: 63)
        #expect(readRequest(request(start: "GET \(fits) HTTP/1.1"), limits: limits).head?.target.path.count == 64)
        #expect(readRequest("GET \(fits)b", limits: limits).refusal == .targetTooLong)
        let huge = readRequest("GET /" + String(repeating: "a", count: 65_536))
        #expect(huge.refusal?.status == 414)
    }

    @Test("H34: CONNECT ends in 405, whatever its target")
    func connect() {
        for target in ["host.example:443", "/", "*"] {
            let outcome = readRequest(request(start: "CONNECT \(target) HTTP/1.1"))
            #expect(outcome.refusal == .connect)
            #expect(outcome.refusal?.status == 405)
        }
    }

    @Test("H45: foreign protocols on the port are refused with 400 at their first line")
    func foreignProtocols() {
        let hello: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]
        #expect(readRequest(hello).refusal == .badRequestLine)
        #expect(readRequest([0x16]).refusal == .badRequestLine)
        #expect(readRequest("SSH-2.0-OpenSSH_9.2p1\r\n").refusal?.status == 400)
        #expect(readRequest("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").refusal?.status == 400)
        #expect(readRequest("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n").refusal?.status == 400)
        #expect(readRequest([0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51]).refusal?.status == 400)
    }

    @Test("H43: the head ends where the next pipelined request begins")
    func pipelined() {
        let first = request(start: "GET /1 HTTP/1.1")
        let bytes = Array((first + request(start: "GET /2 HTTP/1.1") + "BAD\r\n").utf8)
        var rest = bytes[...]
        let one = readRequest(Array(rest)).head
        #expect(one?.length == first.utf8.count)
        rest = rest.dropFirst(one?.length ?? 0)
        let two = readRequest(Array(rest)).head
        #expect(two?.target.path == Array("/2".utf8))
        rest = rest.dropFirst(two?.length ?? 0)
        #expect(readRequest(Array(rest)).refusal == .badRequestLine)
    }
}
