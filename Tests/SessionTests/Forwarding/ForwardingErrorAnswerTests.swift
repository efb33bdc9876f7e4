import Session
import Testing
import Wire

@Suite("The proxy's own answers")
struct ForwardingErrorAnswerTests {
    private static let statuses: [UInt16] = [
        400, 403, 404, 405, 408, 413, 414, 417, 421, 426, 429, 431, 500, 501, 502, 503, 504, 505, 508,
    ]

    private func read(_ bytes: [UInt8]) throws -> (head: ResponseHead, body: String) {
        var parser = ResponseHeadParser(limits: HeadLimits())
        let head = try #require(try parser.parse(bytes.span))
        return (head, String(decoding: bytes[head.length...], as: UTF8.self))
    }

    @Test("every answer is a whole response: a phrase, its length, and the end of the connection", arguments: statuses)
    func whole(status: UInt16) throws {
        let (head, body) = try read(ErrorAnswer.bytes(status: status))
        #expect(head.status == status)
        #expect(head.body(answering: .get) == .length(UInt64(body.utf8.count)))
        #expect(body.hasPrefix("\(status) ") && body.hasSuffix("\n"))
        #expect(body != "\(status) Error\n")
        #expect(head.headers.string("Content-Type") == "text/plain; charset=utf-8")
        #expect(head.headers.string("Cache-Control") == "no-store")
        #expect(head.headers.containsToken("Connection", token: "close"))
        #expect(head.headers.count(of: "Connection") == 1)
        #expect(head.headers.first("Date") == nil)
        #expect(head.headers.count(of: "Retry-After") == 0)
        #expect(head.headers.count(of: "Upgrade") == (status == 426 ? 1 : 0))
        #expect(head.headers.count(of: "Allow") == (status == 405 ? 1 : 0))
    }

    @Test("U4: a 426 says that WebSocket version 13 is spoken here")
    func upgradeRequired() throws {
        let (head, _) = try read(ErrorAnswer.bytes(status: 426))
        #expect(head.headers.string("Upgrade") == "websocket")
        #expect(head.headers.string("Sec-WebSocket-Version") == "13")
        #expect(head.headers.string("Connection") == "close, Upgrade")
    }

    @Test("H34, U5: a 405 says which methods are allowed")
    func notAllowed() throws {
        let allowed = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
        #expect(try read(ErrorAnswer.bytes(status: 405)).head.headers.string("Allow") == allowed)
    }

    @Test("B4: a 503 says when to try again, and never a negative time")
    func retryAfter() throws {
        #expect(try read(ErrorAnswer.bytes(status: 503, retryAfter: 7)).head.headers.string("Retry-After") == "7")
        #expect(try read(ErrorAnswer.bytes(status: 503, retryAfter: -7)).head.headers.string("Retry-After") == "0")
    }

    @Test("a request id is sent, and cannot split the head")
    func requestID() throws {
        #expect(try read(ErrorAnswer.bytes(status: 404, requestID: "id-1")).head.headers.string("X-Request-Id") == "id-1")
        let (head, body) = try read(ErrorAnswer.bytes(status: 404, requestID: "a\r\n\r\nb\u{0}"))
        #expect(head.headers.string("X-Request-Id") == "ab")
        #expect(body == "404 Not Found\n")
    }

    @Test("an answer to HEAD has the same head and no body")
    func headOnly() throws {
        let whole = ErrorAnswer.bytes(status: 404)
        let (head, body) = try read(ErrorAnswer.bytes(status: 404, withBody: false))
        #expect(body.isEmpty)
        #expect(Array(whole.prefix(head.length)) == head.headers.bytes)
    }

    @Test("a status without a phrase of its own is answered with a general one")
    func otherStatus() throws {
        #expect(try read(ErrorAnswer.bytes(status: 499)).body == "499 Error\n")
    }
}
