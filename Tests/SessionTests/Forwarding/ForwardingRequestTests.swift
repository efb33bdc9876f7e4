import Session
import Testing
import Wire

@Suite("The handshake as a backend receives it")
struct ForwardingRequestTests {
    private static let handshake = [
        "Host: Chat.example:8443", "upgrade: WebSocket", "Connection: keep-alive, Upgrade",
        "sec-websocket-KEY: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]

    private func forwarded(
        _ adding: String..., trusted: Bool = false, start: String = "GET /chat?x=1 HTTP/1.1"
    ) throws -> [String] {
        headLines(
            RequestForwarding.upgrade(try parsedRequest(Self.handshake + adding, start: start), context: .plain(trusted: trusted))
        )
    }

    private func values(_ name: String, _ lines: [String]) -> [String] {
        lines.filter { $0.lowercased().hasPrefix(name.lowercased() + ":") }.map { String($0.dropFirst(name.count + 2)) }
    }

    @Test("the whole head: Host first, order and case kept, hop-by-hop fields gone, ours at the end")
    func whole() throws {
        let result = try forwarded("Origin: https://a.example", "cookie: a=b;  c", "Accept-Encoding: gzip")
        #expect(
            result == [
                "GET /chat?x=1 HTTP/1.1", "Host: Chat.example:8443", "sec-websocket-KEY: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version: 13",
                "Origin: https://a.example", "cookie: a=b;  c", "Accept-Encoding: gzip", "Connection: Upgrade",
                "Upgrade: websocket",
                "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: Chat.example:8443",
                "X-Real-IP: 192.0.2.7",
                "X-Request-Id: id-1", "CDN-Loop: tidegate",
            ])
    }

    @Test("what the backend receives is read back as a valid handshake of the same key")
    func roundTrip() throws {
        let head = try parsedRequest(Self.handshake)
        var parser = RequestHeadParser(limits: HeadLimits())
        let bytes = RequestForwarding.upgrade(head, context: .plain())
        let again = try #require(try parser.parse(bytes.span))
        #expect(again.length == bytes.count)
        guard case .websocket(let offer) = UpgradeRequest.examine(again) else {
            Issue.record("no handshake any more")
            return
        }
        #expect(Array(offer.key) == Array("dGhlIHNhbXBsZSBub25jZQ==".utf8))
    }

    @Test("H35: the request line carries the path that was routed, and the query as it came")
    func path() throws {
        #expect(try forwarded(start: "GET /%7ea%2fb//c?%7e&../ HTTP/1.1").first == "GET /~a%2Fb//c?%7e&../ HTTP/1.1")
        #expect(try forwarded(start: "GET http://chat.example:8443/x HTTP/1.1").first == "GET /x HTTP/1.1")
    }

    @Test("H23: names with an underscore are dropped")
    func underscores() throws {
        let result = try forwarded(
            "X_Forwarded_For: 1.2.3.4", "X_Auth_User: root", "Content_Length: 5", "Transfer_Encoding: chunked", "X-Kept: 1")
        #expect(!result.contains { $0.contains("_") })
        #expect(result.contains("X-Kept: 1"))
    }

    @Test("H37: what Connection names is stripped first and our own fields are added after, in any case")
    func nominated() throws {
        for option in [
            "X-Forwarded-For, X-Real-IP", "x-forwarded-for, x-real-ip, x-request-id, x-forwarded-host, x-forwarded-proto",
        ] {
            let result = try forwarded("Connection: close, \(option), X-Mine", "X-Mine: 1", "x-MINE: 2", trusted: true)
            #expect(values("X-Forwarded-For", result) == ["192.0.2.7"])
            #expect(values("X-Real-IP", result) == ["192.0.2.7"])
            #expect(values("X-Request-Id", result) == ["id-1"])
            #expect(values("X-Mine", result) == [])
            #expect(values("Connection", result) == ["Upgrade"])
        }
    }

    @Test("H37: a trusted peer's fields that it names in Connection are not believed")
    func nominatedByTrusted() throws {
        let result = try forwarded(
            "Connection: X-Forwarded-For, X-Real-IP, X-Request-Id, X-Forwarded-Proto", "X-Forwarded-For: 198.51.100.1",
            "X-Real-IP: 198.51.100.1", "X-Request-Id: theirs", "X-Forwarded-Proto: http", trusted: true)
        #expect(values("X-Forwarded-For", result) == ["192.0.2.7"])
        #expect(values("X-Real-IP", result) == ["192.0.2.7"])
        #expect(values("X-Request-Id", result) == ["id-1"])
        #expect(values("X-Forwarded-Proto", result) == ["https"])
    }

    @Test("H39: forwarded fields of an untrusted client are replaced, never trusted")
    func untrusted() throws {
        let result = try forwarded(
            "X-Forwarded-For: 127.0.0.1", "x-forwarded-for: 10.0.0.1", "X-Forwarded-Proto: http", "X-Forwarded-Host: evil",
            "X-Forwarded-Port: 1",
            "Forwarded: for=127.0.0.1", "X-Real-IP: 127.0.0.1", "X-Request-Id: forged")
        #expect(values("X-Forwarded-For", result) == ["192.0.2.7"])
        #expect(values("X-Forwarded-Proto", result) == ["https"])
        #expect(values("X-Forwarded-Host", result) == ["Chat.example:8443"])
        #expect(values("X-Forwarded-Port", result) == [])
        #expect(values("Forwarded", result) == [])
        #expect(values("X-Real-IP", result) == ["192.0.2.7"])
        #expect(values("X-Request-Id", result) == ["id-1"])
    }

    @Test("H39: a trusted proxy's list is continued and its other fields are kept")
    func trusted() throws {
        let result = try forwarded(
            "X-Forwarded-For: 198.51.100.1, 198.51.100.2", "X-Forwarded-For: 198.51.100.3", "X-Forwarded-Proto: HTTP",
            "X-Forwarded-Host: site.example:444",
            "X-Real-IP: 2001:db8::1", "X-Request-Id: theirs/42", "Forwarded: for=x", trusted: true)
        #expect(values("X-Forwarded-For", result) == ["198.51.100.1, 198.51.100.2, 198.51.100.3, 192.0.2.7"])
        #expect(values("X-Forwarded-Proto", result) == ["HTTP"])
        #expect(values("X-Forwarded-Host", result) == ["site.example:444"])
        // Beside a list that names nobody the field is anybody's word.
        #expect(values("X-Real-IP", result) == ["192.0.2.7"])
        #expect(values("X-Request-Id", result) == ["theirs/42"])
        #expect(values("Forwarded", result) == [])
    }

    @Test("H39: senseless fields of a trusted proxy are replaced")
    func senseless() throws {
        let result = try forwarded(
            "X-Forwarded-For:", "X-Forwarded-Proto: gopher", "X-Forwarded-Host: a b", "X-Real-IP: nobody", "X-Request-Id: a b",
            trusted: true)
        #expect(values("X-Forwarded-For", result) == ["192.0.2.7"])
        #expect(values("X-Forwarded-Proto", result) == ["https"])
        #expect(values("X-Forwarded-Host", result) == ["Chat.example:8443"])
        #expect(values("X-Real-IP", result) == ["192.0.2.7"])
        #expect(values("X-Request-Id", result) == ["id-1"])
        let twice = try forwarded("X-Real-IP: 192.0.2.1", "X-Real-IP: 192.0.2.2", trusted: true)
        #expect(values("X-Real-IP", twice) == ["192.0.2.7"])
    }

    @Test("a request id of 128 visible bytes is kept from a trusted peer, and one of 129 is not")
    func requestIDs() throws {
        for (length, kept) in [(1, true), (128, true), (129, false)] {
            let id = String(repeating: "a", count: length)
            let head = try parsedRequest(Self.handshake + ["X-Request-Id: \(id)"])
            #expect(RequestForwarding.requestID(head, context: .plain(trusted: true)) == (kept ? RequestID(id) : "id-1"))
            #expect(RequestForwarding.requestID(head, context: .plain()) == "id-1")
        }
        let high = try parsedRequest(Self.handshake + ["X-Request-Id: \u{E9}"])
        #expect(RequestForwarding.requestID(high, context: .plain(trusted: true)) == "id-1")
    }

    @Test("H40: fields of this hop are removed, TE too: a tunnel has no trailers")
    func hopByHop() throws {
        let result = try forwarded(
            "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Proxy-Authorization: Basic x", "Proxy-Authenticate: x",
            "Trailer: X", "TE: gzip")
        for name in ["Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "Trailer", "TE"] {
            #expect(values(name, result) == [], "\(name)")
        }
        #expect(values("TE", try forwarded("TE: trailers", "Connection: TE")) == [])
    }

    @Test("U8: h2c fields beside a WebSocket handshake do not get through")
    func h2c() throws {
        let result = try forwarded("Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", "Connection: HTTP2-Settings")
        #expect(values("Upgrade", result) == ["websocket"])
        #expect(values("HTTP2-Settings", result) == [])
    }

    @Test("U6: an empty body's length is not sent on, and nothing is expected of it")
    func emptyBody() throws {
        let result = try forwarded("Content-Length: 0", "Expect: 100-continue")
        #expect(values("Content-Length", result) == [])
        #expect(values("Expect", result) == [])
    }

    @Test("U27: Origin passes unchanged, and so do cookies, credentials and extensions")
    func endToEnd() throws {
        let fields = [
            "Origin: null", "Cookie: a=\"b\"", "Authorization: Bearer x",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
            "sec-websocket-protocol: a,b", "SEC-WEBSOCKET-PROTOCOL: c", "X-Latin: \u{E9}",
        ]
        let head = try parsedRequest(Self.handshake + fields)
        let result = headLines(RequestForwarding.upgrade(head, context: .plain()))
        for field in fields { #expect(result.contains(field), "\(field)") }
    }

    @Test("a client without an address is told of by no field")
    func noAddress() throws {
        var context = ForwardingContext.plain()
        context.clientAddress = []
        context.scheme = .http
        context.listenerPort = 8080
        let result = headLines(RequestForwarding.upgrade(try parsedRequest(Self.handshake), context: context))
        #expect(values("X-Forwarded-For", result) == [])
        #expect(values("X-Real-IP", result) == [])
        #expect(values("X-Forwarded-Proto", result) == ["http"])
        #expect(values("X-Forwarded-Port", result) == ["8080"])
    }

    @Test("H49: an id with a line end in it cannot split the head")
    func noSplitting() throws {
        var context = ForwardingContext.plain()
        context.requestID = "a\r\nX-Evil: 1"
        let result = headLines(RequestForwarding.upgrade(try parsedRequest(Self.handshake), context: context))
        #expect(values("X-Request-Id", result) == ["aX-Evil: 1"])
        #expect(values("X-Evil", result) == [])
    }

    @Test("H49: bytes that no value may hold are left out of our own, wherever they stand; tabs and bytes past ASCII stay")
    func valueBytes() throws {
        let head = try parsedRequest(Self.handshake)
        var context = ForwardingContext.plain()
        for byte in (UInt8(0)...0x7F) {
            for place in [0, 3, 8, 20] {
                var id = Array(repeating: UInt8(ascii: "a"), count: 20)
                id.insert(byte, at: place)
                let text = String(decoding: id, as: UTF8.self)
                context.requestID = RequestID(text)
                let isKept = (byte >= 0x20 && byte != 0x7F) || byte == 0x09
                let expected = isKept ? text : String(repeating: "a", count: 20)
                let written = RequestForwarding.plain(head, context: context)
                #expect(headLines(written).contains("X-Request-Id: \(expected)"), "byte \(byte) at \(place)")
            }
        }
        context.requestID = "\u{E9}\u{20AC}"
        #expect(headLines(RequestForwarding.plain(head, context: context)).contains("X-Request-Id: \u{E9}\u{20AC}"))
    }
}
