import Session
import Testing
import Wire

@Suite("A plain request as a backend receives it")
struct ForwardingPlainTests {
    private func forwarded(
        _ fields: String..., start: String = "GET /a?x=1 HTTP/1.1", host: String? = "Host: A.test:8080",
        trusted: Bool = false, rewriting: RequestRewriting = RequestRewriting()
    ) throws -> [String] {
        let head = try parsedRequest((host.map { [$0] } ?? []) + fields, start: start)
        return headLines(RequestForwarding.plain(head, context: .plain(trusted: trusted), rewriting: rewriting))
    }

    private static let told = [
        "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: A.test:8080", "X-Real-IP: 192.0.2.7",
        "X-Request-Id: id-1", "CDN-Loop: tidegate",
    ]

    @Test("the whole head: Host first, order, case and bytes kept, framing anew, nothing said of a connection that stays")
    func whole() throws {
        let result = try forwarded(
            "cookie: a=b;  c", "Content-Length: 007", "Connection: keep-alive", "ACCEPT: */*", "Accept:text/html ", "X-Empty:",
            "Keep-Alive: timeout=5", "X-Latin: \u{E9}", start: "POST /%7ea%2fb//c?%7e&../ HTTP/1.1")
        #expect(
            result == [
                "POST /~a%2Fb//c?%7e&../ HTTP/1.1", "Host: A.test:8080", "cookie: a=b;  c", "ACCEPT: */*", "Accept: text/html",
                "X-Empty: ", "X-Latin: \u{E9}", "Content-Length: 7",
            ] + Self.told)
    }

    @Test("what the backend receives is read back with the same method, path, host and framing")
    func roundTrip() throws {
        let starts = [
            "GET / HTTP/1.1", "HEAD /a HTTP/1.1", "POST /?q HTTP/1.1", "PURGE /x HTTP/1.1", "OPTIONS * HTTP/1.1",
            "PUT / HTTP/1.0", "M-SEARCH http://a.test:8080/y HTTP/1.1",
        ]
        for start in starts {
            let framings =
                [[], ["Content-Length: 0"], ["Content-Length: 0012"]]
                + (start.hasSuffix("1.1") ? [["Transfer-Encoding: CHUNKED"]] : [])
            for framing in framings {
                let head = try parsedRequest(["Host: a.test:8080"] + framing, start: start)
                let bytes = RequestForwarding.plain(head, context: .plain())
                var parser = RequestHeadParser(limits: HeadLimits())
                let again = try #require(try parser.parse(bytes.span))
                #expect(again.length == bytes.count)
                #expect(again.method == head.method)
                #expect(again.target.path == head.target.path)
                #expect(again.target.query == head.target.query)
                #expect(again.host == head.host)
                #expect(again.version == head.version)
                #expect(again.body == head.body)
            }
        }
    }

    @Test(
        "the request line has the method's own bytes, the path and the query",
        arguments: [
            ("DELETE /x HTTP/1.1", "DELETE /x HTTP/1.1"), ("get /x? HTTP/1.1", "get /x? HTTP/1.1"),
            ("GET http://a.test:8080?q HTTP/1.1", "GET /?q HTTP/1.1"), ("OPTIONS * HTTP/1.1", "OPTIONS * HTTP/1.1"),
            ("GET /x HTTP/1.0", "GET /x HTTP/1.0"), ("GET /x HTTP/1.7", "GET /x HTTP/1.1"),
        ])
    func requestLine(start: String, expected: String) throws {
        #expect(try forwarded(start: start).first == expected)
    }

    @Test("an HTTP/1.0 request stays one and says that its connection ends")
    func http10() throws {
        let result = try forwarded("Connection: keep-alive", "TE: trailers", start: "GET /x HTTP/1.0", host: nil)
        #expect(
            result == [
                "GET /x HTTP/1.0", "Connection: close", "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https",
                "X-Real-IP: 192.0.2.7", "X-Request-Id: id-1", "CDN-Loop: tidegate",
            ])
        #expect(try forwarded(start: "GET /x HTTP/1.0").dropFirst().first == "Host: A.test:8080")
        // Routed by its target, so sent on by it.
        #expect(
            try forwarded(start: "GET http://B.test:81/x HTTP/1.0", host: nil).prefix(2) == [
                "GET /x HTTP/1.0", "Host: b.test:81",
            ])
    }

    @Test("H42: a body is framed whatever the method, and no body is invented")
    func framing() throws {
        #expect(headValues("Content-Length", try forwarded("Content-Length: 010")) == ["10"])
        #expect(headValues("Content-Length", try forwarded("Content-Length: 0")) == ["0"])
        #expect(headValues("Content-Length", try forwarded()) == [])
        let chunked = try forwarded("Transfer-Encoding: Chunked", "Trailer: X-Sum")
        #expect(headValues("Transfer-Encoding", chunked) == ["chunked"])
        #expect(headValues("Trailer", chunked) == ["X-Sum"])
        #expect(headValues("Trailer", try forwarded("Content-Length: 1", "Trailer: X-Sum")) == [])
    }

    @Test("the backend is asked to close only when we say so")
    func closes() throws {
        #expect(headValues("Connection", try forwarded("Connection: close")) == [])
        let closing = RequestRewriting(closes: true)
        #expect(headValues("Connection", try forwarded("Connection: keep-alive", rewriting: closing)) == ["close"])
        #expect(headValues("Connection", try forwarded("TE: trailers", rewriting: closing)) == ["close, TE"])
    }

    @Test("H40: fields of this hop are removed, and TE passes as trailers alone, named in Connection")
    func hopByHop() throws {
        let result = try forwarded(
            "Keep-Alive: x", "Proxy-Connection: keep-alive", "Proxy-Authorization: Basic x", "Proxy-Authenticate: x", "TE: gzip",
            "HTTP2-Settings: x", "Trailer: x")
        #expect(result == ["GET /a?x=1 HTTP/1.1", "Host: A.test:8080"] + Self.told)
        for fields in [["te: Trailers"], ["TE: trailers", "Connection: TE, close"]] {
            let head = try parsedRequest(["Host: A.test:8080"] + fields)
            let lines = headLines(RequestForwarding.plain(head, context: .plain()))
            #expect(headValues("TE", lines) == ["trailers"])
            #expect(headValues("Connection", lines) == ["TE"])
        }
        #expect(headValues("TE", try forwarded("TE: trailers, gzip")) == [])
        #expect(headValues("TE", try forwarded("TE: trailers", "TE: gzip")) == [])
    }

    @Test("U1, U8: what is no handshake loses Upgrade and all fields of one")
    func noHandshake() throws {
        let result = try forwarded(
            "Upgrade: h2c, websocket", "Connection: HTTP2-Settings, Upgrade", "HTTP2-Settings: AAMA",
            "Sec-WebSocket-Key: x", "sec-websocket-version: 13", "Sec-WebSocket-Protocol: a", "SEC-WEBSOCKET-EXTENSIONS: b",
            "Sec-WebSocket-Accept: c", "Sec-WebSocket-Anything: d", "Sec-Fetch-Mode: cors")
        #expect(result == ["GET /a?x=1 HTTP/1.1", "Host: A.test:8080", "Sec-Fetch-Mode: cors"] + Self.told)
    }

    @Test("H41: an expectation passes while the client waits for it, and not without a body")
    func expectation() throws {
        #expect(headValues("Expect", try forwarded("expect: 100-Continue", "Content-Length: 1")) == ["100-Continue"])
        #expect(headValues("Expect", try forwarded("Expect: 100-continue", "Transfer-Encoding: chunked")) == ["100-continue"])
        #expect(headValues("Expect", try forwarded("Expect: 100-continue")) == [])
        let old = try forwarded("Expect: 100-continue", "Content-Length: 1", start: "POST / HTTP/1.0")
        #expect(headValues("Expect", old) == [])
    }

    @Test("H23: names with an underscore are dropped")
    func underscores() throws {
        let result = try forwarded(
            "X_Forwarded_For: 1.2.3.4", "Content_Length: 5", "_: 1", "Transfer_Encoding: chunked", "X-Kept: 1")
        #expect(result == ["GET /a?x=1 HTTP/1.1", "Host: A.test:8080", "X-Kept: 1"] + Self.told)
    }

    @Test("H37: what Connection names is stripped first and our own fields are added after")
    func nominated() throws {
        let result = try forwarded(
            "Connection: close, x-forwarded-FOR, X-Real-IP, X-Request-Id,, X-Mine , traceparent", "X-Mine: 1", "x-MINE: 2",
            "X-Forwarded-For: 198.51.100.1", "X-Request-Id: theirs", "traceparent: x", "X-Mine-Too: 3", trusted: true)
        #expect(result == ["GET /a?x=1 HTTP/1.1", "Host: A.test:8080", "X-Mine-Too: 3"] + Self.told)
    }

    @Test("R2: thousands of connection options name fields as few do")
    func manyOptions() throws {
        for count in [15, 16, 17, 4000] {
            let names = (0..<count).map { "X-\($0)" }.joined(separator: ",")
            let result = try forwarded("Connection: \(names)", "x-0: a", "X-\(count - 1): b", "X-\(count): c")
            #expect(result == ["GET /a?x=1 HTTP/1.1", "Host: A.test:8080", "X-\(count): c"] + Self.told, "\(count)")
        }
    }

    @Test("H39: forwarded fields of an untrusted client are replaced, a trusted proxy's are continued")
    func clientFields() throws {
        let fields = ["X-Forwarded-For: 198.51.100.1", "X-Forwarded-Proto: http", "X-Real-IP: 198.51.100.1", "Forwarded: for=x"]
        let head = try parsedRequest(["Host: A.test:8080"] + fields)
        #expect(headLines(RequestForwarding.plain(head, context: .plain())).dropFirst(2) == Self.told[...])
        var context = ForwardingContext.plain(trusted: true)
        context.realAddress = "198.51.100.1"
        let trusted = headLines(RequestForwarding.plain(head, context: context))
        #expect(headValues("X-Forwarded-For", trusted) == ["198.51.100.1, 192.0.2.7"])
        #expect(headValues("X-Forwarded-Proto", trusted) == ["http"])
        #expect(headValues("X-Real-IP", trusted) == ["198.51.100.1"])
        #expect(headValues("Forwarded", trusted) == [])
    }

    @Test(
        "H38: a client may not have end-to-end fields dropped by naming them in Connection",
        arguments: [
            "Host", "content-length", "Content-Type", "Transfer-Encoding", "COOKIE", "Authorization", "Expect", "Origin",
            "Sec-WebSocket-Key", "sec-fetch-site", "Accept-Encoding", "If-None-Match", "Range", "CDN-Loop", "User-Agent", "Date",
            "close, keep-alive ,\tCookie",
        ])
    func endToEnd(option: String) throws {
        let head = try parsedRequest(["Host: a.test", "Connection: keep-alive", "Connection: \(option)"])
        #expect(RequestForwarding.nominatesEndToEnd(head))
    }

    @Test(
        "H38: other options are heard",
        arguments: [
            "", "close", "Keep-Alive, Upgrade", "TE, HTTP2-Settings", "X-Forwarded-For, X-Real-IP", "Proxy-Authorization", "Hos",
            "Host2", "Cookies", "Trailer", "\"Host\"",
        ])
    func heard(option: String) throws {
        #expect(!RequestForwarding.nominatesEndToEnd(try parsedRequest(["Host: a.test", "Connection: \(option)"])))
        #expect(!RequestForwarding.nominatesEndToEnd(try parsedRequest(["Host: a.test", "X-Connection: Host"])))
    }
}
