import Session
import Testing
import Wire

@Suite("Answers that a configuration gives by itself")
struct ForwardingOwnAnswerTests {
    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    private func fixed(
        _ status: Int, _ body: String, method: Wire.Method = .get, version: HTTPVersion = .http11, closes: Bool = false,
        edits: [FieldEdits] = [], requestID: RequestID? = nil
    ) -> String? {
        text(
            FixedResponse.bytes(
                status: status, contentType: "text/html", body: Array(body.utf8), method: method, clientVersion: version,
                closes: closes, edits: edits, requestID: requestID))
    }

    @Test("a fixed answer is a whole response")
    func whole() {
        #expect(
            fixed(200, "hello", closes: true, requestID: "id-1")
                == "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nX-Request-Id: id-1\r\nConnection: close\r\n\r\nhello"
        )
        #expect(fixed(404, "no") == "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno")
    }

    @Test(
        "HEAD, and statuses without a body, have none",
        arguments: [
            (200, Wire.Method.head, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\n"),
            (204, .get, "HTTP/1.1 204 No Content\r\n\r\n"),
            (205, .get, "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"),
            (304, .get, "HTTP/1.1 304 Not Modified\r\n\r\n"), (204, .head, "HTTP/1.1 204 No Content\r\n\r\n"),
        ])
    func bodiless(status: Int, method: Wire.Method, expected: String) {
        #expect(fixed(status, "hello", method: method) == expected)
    }

    @Test("an empty body has a length and no type; an HTTP/1.0 client is told that its connection stays")
    func empty() {
        #expect(fixed(503, "") == "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
        #expect(
            fixed(200, "", version: .http10) == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n")
        #expect(
            fixed(200, "", version: .http10, closes: true) == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    @Test("any status from 200 to 599 goes out as it is, with some phrase; others are our own fault")
    func statuses() throws {
        for status in 200...599 {
            let bytes = FixedResponse.bytes(status: status, contentType: "a/b", body: [65], method: .get, closes: false)
            var parser = ResponseHeadParser(limits: HeadLimits())
            let head = try #require(try parser.parse(bytes.span))
            #expect(Int(head.status) == status)
            #expect(!head.reason.isEmpty)
            let framing = head.body(answering: .get)
            #expect(framing == (bytes.count == head.length ? (status == 205 ? .length(0) : .none) : .length(1)))
        }
        for status in [Int.min, 0, 101, 199, 600, Int.max] {
            #expect(fixed(status, "")?.hasPrefix("HTTP/1.1 500 ") == true)
        }
    }

    @Test("a route's rules apply to its fixed answer, all but framing")
    func editedFixed() {
        let rules = edits(
            set: ["content-type: application/json", "Strict-Transport-Security: max-age=1"], add: ["Content-Length: 9"],
            remove: ["X-Request-Id"])
        #expect(
            fixed(200, "{}", edits: [rules], requestID: "id-1")
                == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\ncontent-type: application/json\r\nStrict-Transport-Security: max-age=1\r\n\r\n{}"
        )
    }

    @Test("a content type or an id with a line end in it cannot split the head")
    func splitting() {
        let bytes = FixedResponse.bytes(
            status: 200, contentType: "a/b\r\nX: y", body: [65], method: .get, closes: false, requestID: "1\r\n\r\n2")
        #expect(
            headLines(Array(bytes.dropLast())) == [
                "HTTP/1.1 200 OK", "Content-Type: a/bX: y", "Content-Length: 1", "X-Request-Id: 12",
            ])
    }

    // MARK: Errors

    @Test("a route's rules apply to the proxy's own errors, but not those about media types and caches")
    func editedErrors() {
        let rules = edits(
            set: [
                "Strict-Transport-Security: max-age=1", "Content-Type: image/png", "Cache-Control: public",
                "Content-Security-Policy: x",
                "Retry-After: 9",
            ], add: ["ETag: e", "Vary: Origin"], remove: ["cache-control", "X-Request-Id", "Connection"])
        #expect(
            text(ErrorAnswer.bytes(status: 503, retryAfter: 1, requestID: "id-1", edits: [rules]))
                == """
                HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 24\r\n\
                Cache-Control: no-store\r\nConnection: close\r\nStrict-Transport-Security: max-age=1\r\n\
                Content-Security-Policy: x\r\nRetry-After: 9\r\nVary: Origin\r\n\r\n503 Service Unavailable\n
                """)
    }

    // MARK: Redirects

    private func location(_ start: String, _ host: String? = "Host: A.test:8080", port: UInt16 = 443) throws -> String? {
        let head = try parsedRequest(host.map { [$0] } ?? [], start: start)
        guard let bytes = RedirectAnswer.bytes(head, port: port) else { return nil }
        var parser = ResponseHeadParser(limits: HeadLimits())
        let answer = try #require(try parser.parse(bytes.span))
        #expect(answer.headers.count(of: "Location") == 1)
        return answer.headers.string("Location")
    }

    @Test("a redirect is a whole response that ends the connection")
    func redirect() throws {
        let head = try parsedRequest(["Host: A.test"], start: "GET /a?b HTTP/1.1")
        #expect(
            text(RedirectAnswer.bytes(head, port: 443, requestID: "id-1"))
                == """
                HTTP/1.1 301 Moved Permanently\r\nLocation: https://a.test/a?b\r\nContent-Type: text/plain; charset=utf-8\r\n\
                Content-Length: 22\r\nX-Request-Id: id-1\r\nConnection: close\r\n\r\n301 Moved Permanently\n
                """)
        let post = try parsedRequest(["Host: A.test"], start: "POST /a HTTP/1.1")
        #expect(text(RedirectAnswer.bytes(post, port: 443))?.hasPrefix("HTTP/1.1 308 Permanent Redirect\r\n") == true)
        #expect(text(RedirectAnswer.bytes(post, port: 443))?.hasSuffix("\r\n\r\n308 Permanent Redirect\n") == true)
        let ask = try parsedRequest(["Host: A.test"], start: "HEAD /a HTTP/1.1")
        let answer = try #require(text(RedirectAnswer.bytes(ask, port: 443)))
        #expect(
            answer.hasPrefix("HTTP/1.1 301 ") && answer.contains("Content-Length: 22\r\n") && answer.hasSuffix("close\r\n\r\n"))
    }

    @Test(
        "H49: where it leads is made of what was understood",
        arguments: [
            ("GET / HTTP/1.1", "Host: A.Test.:80", 443, "https://a.test/"),
            ("GET /x?y=%0d%0a HTTP/1.1", "Host: a.test", 8443, "https://a.test:8443/x?y=%0d%0a"),
            ("GET //evil.test/%7e HTTP/1.1", "Host: a.test", 443, "https://a.test//evil.test/~"),
            ("GET /? HTTP/1.1", "Host: [::1]:80", 1, "https://[::1]:1/?"),
            ("OPTIONS * HTTP/1.1", "Host: a.test", 443, "https://a.test/"),
            ("GET http://a.test/p HTTP/1.1", "Host: a.test", 443, "https://a.test/p"),
            ("GET /old HTTP/1.0", "Host: a.test", 65535, "https://a.test:65535/old"),
        ] as [(String, String, UInt16, String)])
    func leads(start: String, host: String, port: UInt16, expected: String) throws {
        #expect(try location(start, host, port: port) == expected)
    }

    @Test("a request that names no host leads nowhere, and one that names it in its target does")
    func noHost() throws {
        #expect(try location("GET / HTTP/1.0", nil) == nil)
        #expect(try location("GET http://b.test:80/x HTTP/1.0", nil) == "https://b.test/x")
    }
}
