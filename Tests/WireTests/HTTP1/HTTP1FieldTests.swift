import Testing
import Wire

@Suite("Field lines of a request")
struct HTTP1FieldTests {
    @Test("H17: a folded line ends in 400, also as the first line", arguments: [" ", "\t"])
    func folded(blank: String) {
        #expect(readRequest(request("A: b", "\(blank)c")).refusal == .foldedHeader)
        #expect(readRequest("GET / HTTP/1.1\r\n\(blank)Host: a\r\n\r\n").refusal == .foldedHeader)
        #expect(readRequest("GET / HTTP/1.1\r\n\(blank)\r\nHost: a\r\n\r\n").refusal?.status == 400)
    }

    @Test("H18: a bare LF as the end of any line ends in 400")
    func bareLineFeed() {
        for text in [
            "GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\n",
            "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost:\n\r\n", "GET / HTTP/1.1\r\nA\n\r\n",
        ] {
            #expect(readRequest(text).refusal?.status == 400, "\(text.debugDescription)")
        }
    }

    @Test("a bare CR in any line ends in 400")
    func bareCarriageReturn() {
        for text in [
            "GET / HTTP/1.1\rX\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\rX",
            "\rGET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nA\r: b\r\n", "GET /\ra HTTP/1.1\r\n", "GET / HTTP/1.1\r\r\n",
        ] {
            #expect(readRequest(text).refusal?.status == 400, "\(text.debugDescription)")
        }
    }

    @Test(
        "H20: NUL or another control byte anywhere ends in 400", arguments: [0x00, 0x01, 0x08, 0x0B, 0x0C, 0x1B, 0x7F] as [UInt8])
    func controlBytes(byte: UInt8) {
        let places = [
            ("GE", "T / HTTP/1.1\r\n"), ("GET /", " HTTP/1.1\r\n"), ("GET / HTTP", "/1.1\r\n"),
            ("GET / HTTP/1.1\r\nA", "b: c\r\n"),
            ("GET / HTTP/1.1\r\nA:", "b\r\n"), ("GET / HTTP/1.1\r\nA: b", "\r\n"), ("GET / HTTP/1.1\r\nA: b\r\n", "\r\n"),
            ("", "GET / HTTP/1.1\r\n"),
        ]
        for (before, after) in places {
            #expect(
                readRequest(Array(before.utf8) + [byte] + Array(after.utf8)).refusal?.status == 400,
                "behind \(before.debugDescription)")
        }
    }

    @Test(
        "H22: a name that is no token ends in 400",
        arguments: [
            "A B: c", "A\tB: c", "A(: c", "\"A\": b", "A@: b", "A[: b", "A{: b", "A/: b", "A;: b", "\u{E9}: b", ": b", "A", "A b",
        ])
    func badNames(line: String) {
        #expect(readRequest(request(line)).refusal?.status == 400)
    }

    @Test("H22: every byte past ASCII is refused in a name and passed in a value")
    func highBytes() {
        for byte in UInt8(0x80)...0xFF {
            let start = Array("GET / HTTP/1.1\r\nHost: a\r\nA".utf8)
            #expect(readRequest(start + [byte] + Array(": b\r\n\r\n".utf8)).refusal == .badHeaderName)
            let head = readRequest(start + Array(": ".utf8) + [byte] + Array("\r\n\r\n".utf8)).head
            #expect(head?.headers.first("A") == [byte])
        }
    }

    @Test(
        "H11: a blank before the colon ends in 400",
        arguments: ["Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked", "Host : a"])
    func blankBeforeColon(line: String) {
        #expect(readRequest(request(line)).refusal == .badHeaderName)
    }

    @Test("H24: a head past its limit ends in 431 at the first byte too many")
    func largeHead() {
        let limits = HeadLimits(maxHead: 512)
        let room = 512 - request("A: ").utf8.count
        let fits = request("A: " + String(repeating: "x", count: room))
        #expect(fits.utf8.count == 512)
        #expect(readRequest(fits, limits: limits).head?.length == 512)
        let over = request("A: " + String(repeating: "x", count: room + 1))
        let outcome = readRequest(over, limits: limits)
        #expect(outcome.refusal == .headTooLarge)
        #expect(outcome.refusal?.status == 431)
        let endless = readRequest("GET / HTTP/1.1\r\nA: " + String(repeating: "x", count: 65_536))
        #expect(endless.refusal == .headTooLarge)
    }

    @Test("H25: one field line past the limit ends in 431, at its first byte")
    func manyHeaders() {
        let limits = HeadLimits(maxHeaders: 3)
        #expect(readRequest(request("A: 1", "B: 2"), limits: limits).head?.headers.fields.count == 3)
        let outcome = readRequest("GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC", limits: limits)
        #expect(outcome.refusal == .tooManyHeaders)
        #expect(outcome.refusal?.status == 431)
        let flood = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "a:\r\n", count: 5_000)
        #expect(readRequest(flood).refusal == .tooManyHeaders)
    }

    @Test("names are found whatever their case, lists across all their lines")
    func lookUp() {
        let head = readRequest(
            request("Connection: keep-alive ,, Upgrade", "coNNection:\tX-A", "Connection:", "Upgrades: websocket")
        ).head
        let headers = head?.headers
        #expect(headers?.count(of: "CONNECTION") == 3)
        #expect(headers?.containsToken("connection", token: "upgrade") == true)
        #expect(headers?.containsToken("connection", token: "x-a") == true)
        #expect(headers?.containsToken("connection", token: "x") == false)
        #expect(headers?.containsToken("upgrade", token: "websocket") == false)
        #expect(headers?.members("Connection").map { String(decoding: $0, as: UTF8.self) } == ["keep-alive", "Upgrade", "X-A"])
        #expect(headers?.only("Connection") == nil)
        #expect(headers?.only("Host") == Array("a.example".utf8)[...])
    }

    @Test("every refusal has a status of its own class and a label that no other has")
    func labels() {
        let errors = RequestHeadError.allCases
        #expect(Set(errors.map(\.reason.description)).count == errors.count)
        #expect(Set(errors.map(\.status)) == [400, 405, 414, 417, 431, 501, 505])
        #expect(Set(ResponseHeadError.allCases.map(\.reason.description)).count == ResponseHeadError.allCases.count)
        #expect(Set(ResponseHeadError.allCases.map(\.status)) == [502])
        #expect(Set(ChunkedError.allCases.map(\.reason.description)).count == ChunkedError.allCases.count)
    }
}
