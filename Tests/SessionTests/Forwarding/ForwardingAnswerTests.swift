import Session
import Testing
import Wire

@Suite("A backend's answer to a plain request as the client receives it")
struct ForwardingAnswerTests {
    private func answer(
        _ start: String, _ fields: String..., method: Wire.Method = .get, version: HTTPVersion = .http11, closes: Bool = false
    ) throws -> [String]? {
        let head = try parsedResponse(fields, start: start)
        return ResponseForwarding.answer(head, method: method, clientVersion: version, closes: closes).map { headLines($0) }
    }

    @Test("the whole head: fields keep order, case and bytes, framing is anew, and nothing is said of a connection that stays")
    func whole() throws {
        #expect(
            try answer(
                "HTTP/1.1 200 Fine by me", "date: x", "Server: s", "Connection: keep-alive, X-Hop", "Keep-Alive: timeout=5",
                "X-Hop: 1", "content-length: 0012", "Set-Cookie: a", "Alt-Svc: h3=\":443\"", "set-cookie: b", "X_Y: z",
                "Proxy-Authenticate: Basic", "Proxy-Connection: x", "TE: x", "Trailer: X", "X-Request-Id: theirs") == [
                    "HTTP/1.1 200 Fine by me", "date: x", "Server: s", "Set-Cookie: a", "Alt-Svc: h3=\":443\"", "set-cookie: b",
                    "X_Y: z", "X-Request-Id: theirs", "Content-Length: 12",
                ])
    }

    @Test(
        "the framing is the one understood, by status and method",
        arguments: [
            ("200", "Content-Length: 05", Wire.Method.get, ["Content-Length: 5"]),
            ("200", "Content-Length: 0", .get, ["Content-Length: 0"]),
            ("200", "Transfer-Encoding: Chunked", .post, ["Transfer-Encoding: chunked"]),
            ("200", "X: y", .get, ["X: y", "Connection: close"]),
            ("200", "Content-Length: 05", .head, ["Content-Length: 5"]),
            ("200", "Transfer-Encoding: chunked", .head, ["Transfer-Encoding: chunked"]),
            ("200", "X: y", .head, ["X: y"]), ("204", "Content-Length: 5", .get, []), ("204", "Content-Length: 5", .head, []),
            ("204", "Transfer-Encoding: chunked", .head, []), ("304", "Content-Length: 05", .get, ["Content-Length: 5"]),
            ("304", "Content-Length: 05", .head, ["Content-Length: 5"]), ("304", "Transfer-Encoding: chunked", .get, []),
            ("304", "Transfer-Encoding: chunked", .head, []), ("205", "Content-Length: 0", .get, ["Content-Length: 0"]),
        ])
    func framing(status: String, field: String, method: Wire.Method, expected: [String]) throws {
        #expect(try answer("HTTP/1.1 \(status) x", field, method: method) == ["HTTP/1.1 \(status) x"] + expected)
    }

    @Test("trailers are announced where they can come")
    func trailers() throws {
        let chunked = try #require(try answer("HTTP/1.1 200 x", "Trailer: X-Sum", "Transfer-Encoding: chunked"))
        #expect(headValues("Trailer", chunked) == ["X-Sum"])
        let head = try #require(try answer("HTTP/1.1 200 x", "Trailer: X-Sum", "Transfer-Encoding: chunked", method: .head))
        #expect(headValues("Trailer", head) == [])
    }

    @Test("the connection's end is told when it ends, and to an HTTP/1.0 client also that it does not")
    func connection() throws {
        let field = "Content-Length: 0"
        #expect(try answer("HTTP/1.1 200 x", field, "Connection: close") == ["HTTP/1.1 200 x", field])
        #expect(try answer("HTTP/1.1 200 x", field, closes: true) == ["HTTP/1.1 200 x", field, "Connection: close"])
        #expect(try answer("HTTP/1.1 200 x", field, version: .http10) == ["HTTP/1.1 200 x", field, "Connection: keep-alive"])
        #expect(try answer("HTTP/1.0 200 x", version: .http10) == ["HTTP/1.1 200 x", "Connection: close"])
    }

    @Test("a chunked body cannot go to an HTTP/1.0 client, and a head without it can")
    func chunkedToOldClient() throws {
        #expect(try answer("HTTP/1.1 200 x", "Transfer-Encoding: chunked", version: .http10) == nil)
        #expect(
            try answer("HTTP/1.1 200 x", "Transfer-Encoding: chunked", method: .head, version: .http10) == [
                "HTTP/1.1 200 x", "Connection: keep-alive",
            ])
    }

    @Test("U30: an answer advertises WebSocket at most, a 426 what the backend would speak")
    func advertisements() throws {
        let length = "Content-Length: 0"
        #expect(
            try answer("HTTP/1.1 200 x", length, "Upgrade: h2c, WebSocket", "Connection: Upgrade") == [
                "HTTP/1.1 200 x", length, "Connection: Upgrade", "Upgrade: WebSocket",
            ])
        #expect(
            try answer("HTTP/1.1 426 x", length, "Upgrade: foo", "Upgrade: websocket", closes: true) == [
                "HTTP/1.1 426 x", length, "Connection: close, Upgrade", "Upgrade: foo, websocket",
            ])
        #expect(try answer("HTTP/1.1 200 x", length, "Upgrade: h2c", "Connection: Upgrade") == ["HTTP/1.1 200 x", length])
    }

    @Test("what the client receives is read back with the framing the proxy understood")
    func roundTrip() throws {
        for method in [Wire.Method.get, .head] {
            for start in ["HTTP/1.1 200 x", "HTTP/1.0 404 x", "HTTP/1.1 304", "HTTP/1.1 204 x"] {
                let chunked = start.contains("1.1") ? [["Transfer-Encoding: CHUNKED"]] : []
                for fields in [
                    ["Content-Length: 007"], [], ["Connection: close, X, Content-Length", "X: y", "Content-Length: 0"],
                ] + chunked {
                    let head = try parsedResponse(fields, start: start)
                    let bytes = try #require(
                        ResponseForwarding.answer(head, method: method, clientVersion: .http11, closes: false))
                    var parser = ResponseHeadParser(limits: HeadLimits())
                    let again = try #require(try parser.parse(bytes.span))
                    #expect(again.length == bytes.count)
                    #expect(again.status == head.status)
                    #expect(again.body(answering: method) == head.body(answering: method))
                    let ends = head.body(answering: method) == .untilClose
                    #expect(again.headers.containsToken("Connection", token: "close") == ends)
                }
            }
        }
    }

    @Test("U18: an interim answer keeps its own fields and has no framing")
    func interim() throws {
        let hints = try parsedResponse(
            [
                "Link: </a>; rel=preload", "link: </b>", "Content-Length: 0", "Connection: close, X", "X: y", "Keep-Alive: z",
                "Trailer: T",
            ],
            start: "HTTP/1.1 103 Early Hints")
        #expect(
            headLines(ResponseForwarding.interim(hints)) == ["HTTP/1.1 103 Early Hints", "Link: </a>; rel=preload", "link: </b>"])
        let goOn = try parsedResponse([], start: "HTTP/1.1 100 Continue")
        #expect(ResponseForwarding.interim(goOn) == Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }

    @Test("what a rule removes or replaces does not get out in an interim answer, and what it brings waits for the final one")
    func interimEdits() throws {
        let hints = try parsedResponse(
            ["Link: </a>", "X-Internal: 1", "server: s", "X-Kept: 2"], start: "HTTP/1.1 103 Early Hints")
        let pool = edits(set: ["Server: ours"], add: ["X-Added: 3"])
        let route = edits(remove: ["x-internal"])
        #expect(
            headLines(ResponseForwarding.interim(hints, edits: [pool, route])) == [
                "HTTP/1.1 103 Early Hints", "Link: </a>", "X-Kept: 2",
            ])
    }
}
