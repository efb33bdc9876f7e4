import Session
import Testing
import Wire

@Suite("A backend's answer as the client receives it")
struct ForwardingResponseTests {
    /// The answer to a handshake, after which the connection ends.
    private func answered(_ fields: [String], start: String) throws -> [String] {
        let head = try parsedResponse(fields, start: start)
        return headLines(
            try #require(ResponseForwarding.answer(head, method: .get, clientVersion: .http11, closes: true)))
    }

    private func refused(_ start: String, _ fields: String...) throws -> [String] {
        try answered(fields, start: "HTTP/1.1 \(start)")
    }

    @Test("a 101 keeps its fields, their order and case, and loses those of the backend's hop")
    func switching() throws {
        let fields = [
            "Server: x", "UPGRADE: WebSocket", "connection: keep-alive, Upgrade, X-Hop", "Keep-Alive: timeout=5", "X-Hop: 1",
            "Content-Length: 0",
            "sec-websocket-ACCEPT: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Sec-WebSocket-Protocol: v2", "Set-Cookie: a", "Set-Cookie: b",
            "X_Y: z",
        ]
        let head = try parsedResponse(fields, start: "HTTP/1.1 101 Sure")
        #expect(
            headLines(ResponseForwarding.switchingProtocols(head)) == [
                "HTTP/1.1 101 Switching Protocols", "Server: x", "sec-websocket-ACCEPT: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                "Sec-WebSocket-Protocol: v2",
                "Set-Cookie: a", "Set-Cookie: b", "X_Y: z", "Connection: Upgrade", "Upgrade: websocket",
            ])
    }

    @Test("a backend that names a handshake field in Connection is not obeyed")
    func nominatedAccept() throws {
        let head = try parsedResponse(
            ["Upgrade: websocket", "Connection: Upgrade, Sec-WebSocket-Accept", "Sec-WebSocket-Accept: x"],
            start: "HTTP/1.1 101 x")
        #expect(headLines(ResponseForwarding.switchingProtocols(head)).contains("Sec-WebSocket-Accept: x"))
    }

    @Test("U12: a refusal keeps status, reason and fields; its framing is written anew and the connection closes")
    func lengths() throws {
        #expect(
            try refused(
                "403 No way", "Connection: keep-alive", "Keep-Alive: x", "content-length: 0012", "Set-Cookie: a",
                "WWW-Authenticate: Basic") == [
                    "HTTP/1.1 403 No way", "Set-Cookie: a", "WWW-Authenticate: Basic", "Content-Length: 12", "Connection: close",
                ])
        #expect(
            try refused("302 Found", "Location: /x", "Content-Length: 0") == [
                "HTTP/1.1 302 Found", "Location: /x", "Content-Length: 0", "Connection: close",
            ])
        #expect(try refused("401", "Content-Length: 1") == ["HTTP/1.1 401 ", "Content-Length: 1", "Connection: close"])
    }

    @Test("U12: chunked stays chunked, and a body without framing ends with the connection")
    func otherFraming() throws {
        #expect(
            try refused("500 x", "Transfer-Encoding: Chunked", "Trailer: X") == [
                "HTTP/1.1 500 x", "Trailer: X", "Transfer-Encoding: chunked", "Connection: close",
            ])
        #expect(try refused("404 x", "Server: y") == ["HTTP/1.1 404 x", "Server: y", "Connection: close"])
        #expect(try refused("204 x", "Content-Length: 5") == ["HTTP/1.1 204 x", "Connection: close"])
        #expect(try refused("304 x", "Content-Length: 5") == ["HTTP/1.1 304 x", "Content-Length: 5", "Connection: close"])
    }

    @Test("a Content-Length that Connection names is written all the same")
    func nominatedLength() throws {
        #expect(
            try refused("404 x", "Connection: Content-Length", "Content-Length: 5") == [
                "HTTP/1.1 404 x", "Content-Length: 5", "Connection: close",
            ])
    }

    @Test("an HTTP/1.0 answer goes out as HTTP/1.1, ended by the close")
    func http10() throws {
        #expect(
            try answered(["Connection: keep-alive"], start: "HTTP/1.0 200 OK") == ["HTTP/1.1 200 OK", "Connection: close"])
    }

    @Test("U12, U30: a 426 says what the backend would speak; other answers advertise WebSocket at most")
    func advertisements() throws {
        #expect(
            try refused(
                "426 x", "Upgrade: websocket, foo", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Content-Length: 0") == [
                    "HTTP/1.1 426 x", "Sec-WebSocket-Version: 13", "Content-Length: 0", "Connection: close, Upgrade",
                    "Upgrade: websocket, foo",
                ])
        #expect(
            try refused("200 x", "Upgrade: WebSocket", "Connection: Upgrade", "Content-Length: 0").contains("Upgrade: WebSocket"))
        #expect(try refused("200 x", "Upgrade: h2,h2c", "Connection: Upgrade") == ["HTTP/1.1 200 x", "Connection: close"])
        #expect(try refused("426 x") == ["HTTP/1.1 426 x", "Connection: close"])
    }

    @Test("what the client receives is read back with the framing the proxy understood")
    func roundTrip() throws {
        for fields in [
            ["Content-Length: 007"], ["Transfer-Encoding: CHUNKED"], [], ["Connection: close, X", "X: y", "Content-Length: 0"],
        ] {
            let head = try parsedResponse(fields, start: "HTTP/1.1 404 x")
            let bytes = try #require(ResponseForwarding.answer(head, method: .get, clientVersion: .http11, closes: true))
            var parser = ResponseHeadParser(limits: HeadLimits())
            let again = try #require(try parser.parse(bytes.span))
            #expect(again.length == bytes.count)
            #expect(again.body(answering: .get) == head.body(answering: .get))
        }
    }
}
