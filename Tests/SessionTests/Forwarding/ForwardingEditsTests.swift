import Session
import Settings
import Testing
import Wire

@Suite("Header rules")
struct ForwardingEditsTests {
    private func request(_ fields: [String], _ edits: FieldEdits...) throws -> [String] {
        let head = try parsedRequest(["Host: a.test"] + fields)
        return headLines(RequestForwarding.plain(head, context: .plain(), rewriting: RequestRewriting(edits: edits)))
    }

    private func answer(_ fields: [String], _ edits: FieldEdits...) throws -> [String] {
        let head = try parsedResponse(fields, start: "HTTP/1.1 200 OK")
        return headLines(
            try #require(ResponseForwarding.answer(head, method: .get, clientVersion: .http11, closes: false, edits: edits)))
    }

    @Test("remove takes all lines, set replaces all by one, add adds one, whatever the case of the names")
    func kinds() throws {
        let rules = edits(set: ["x-set: new", "X-Fresh: 1"], add: ["X-Add: 3", "x-add: 4"], remove: ["x-GONE", "X-Absent"])
        let fields = ["X-Gone: 1", "X-Set: a", "X-SET: b", "X-Add: 2", "x-gone: 2", "X-Kept: 1"]
        #expect(
            try answer(fields + ["Content-Length: 0"], rules) == [
                "HTTP/1.1 200 OK", "X-Add: 2", "X-Kept: 1", "Content-Length: 0", "x-set: new", "X-Fresh: 1", "X-Add: 3",
                "x-add: 4",
            ])
        #expect(
            try request(fields, rules) == [
                "GET /chat?x=1 HTTP/1.1", "Host: a.test", "X-Add: 2", "X-Kept: 1", "X-Forwarded-For: 192.0.2.7",
                "X-Forwarded-Proto: https", "X-Forwarded-Host: a.test", "X-Real-IP: 192.0.2.7", "X-Request-Id: id-1",
                "CDN-Loop: tidegate", "x-set: new", "X-Fresh: 1", "X-Add: 3", "x-add: 4",
            ])
    }

    @Test("within one set of rules remove comes before set and add")
    func order() throws {
        let rules = edits(set: ["X-A: set"], add: ["X-A: add", "X-B: add"], remove: ["X-A", "X-B"])
        #expect(
            try answer(["X-A: 1", "X-B: 1", "Content-Length: 0"], rules) == [
                "HTTP/1.1 200 OK", "Content-Length: 0", "X-A: set", "X-A: add", "X-B: add",
            ])
    }

    @Test("the route's rules see what the pool's wrote")
    func chain() throws {
        let pool = edits(set: ["X-A: pool", "X-B: pool"], add: ["X-C: pool", "X-D: pool"])
        let route = edits(set: ["x-a: route"], add: ["X-C: route"], remove: ["X-D"])
        #expect(
            try answer(["X-A: 1", "X-D: 1", "Content-Length: 0"], pool, route) == [
                "HTTP/1.1 200 OK", "Content-Length: 0", "X-B: pool", "X-C: pool", "x-a: route", "X-C: route",
            ])
    }

    @Test("the proxy's own fields about the client can be removed and set")
    func ownFields() throws {
        let rules = edits(
            set: ["X-Request-Id: mine", "traceparent: t"],
            remove: ["x-forwarded-for", "X-Real-IP", "X-Forwarded-Host", "Forwarded"])
        let head = try parsedRequest(["Host: a.test"])
        let rewriting = RequestRewriting(edits: [rules], forwarded: true, createsTraceParent: true)
        #expect(
            headLines(RequestForwarding.plain(head, context: .plain(), rewriting: rewriting)).dropFirst(2) == [
                "X-Forwarded-Proto: https", "CDN-Loop: tidegate", "X-Request-Id: mine", "traceparent: t",
            ])
    }

    @Test(
        "framing, connection and handshake are not to be edited",
        arguments: [
            "Connection", "content-length", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Keep-Alive", "Proxy-Connection",
            "HTTP2-Settings", "Sec-WebSocket-Key", "sec-websocket-version", "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions",
        ])
    func owned(name: String) throws {
        for rules in [edits(set: ["\(name): 77"]), edits(add: ["\(name): 77"]), edits(remove: [name])] {
            #expect(rules.isEmpty)
            let fields = ["Content-Length: 5", "TE: trailers"]
            #expect(try request(fields, rules) == request(fields))
            #expect(try answer(["Content-Length: 5"], rules) == answer(["Content-Length: 5"]))
            let upgrade = try parsedRequest(["Host: a.test", "Sec-WebSocket-Key: k", "Sec-WebSocket-Version: 13"])
            #expect(
                RequestForwarding.upgrade(upgrade, context: .plain(), rewriting: RequestRewriting(edits: [rules]))
                    == RequestForwarding.upgrade(upgrade, context: .plain()))
            let switching = try parsedResponse(["Sec-WebSocket-Accept: a"], start: "HTTP/1.1 101 x")
            #expect(
                ResponseForwarding.switchingProtocols(switching, edits: [rules])
                    == ResponseForwarding.switchingProtocols(switching))
        }
    }

    @Test("a subprotocol, credentials for the next proxy and everything else may be edited on the handshake and its answer")
    func handshake() throws {
        let rules = edits(
            set: ["Sec-WebSocket-Protocol: v2", "Authorization: Bearer key"], add: ["Proxy-Authorization: Basic x"],
            remove: ["Origin"])
        let head = try parsedRequest(["Host: a.test", "Origin: null", "Sec-WebSocket-Protocol: v1", "Authorization: none"])
        let lines = headLines(RequestForwarding.upgrade(head, context: .plain(), rewriting: RequestRewriting(edits: [rules])))
        #expect(lines.prefix(4) == ["GET /chat?x=1 HTTP/1.1", "Host: a.test", "Connection: Upgrade", "Upgrade: websocket"])
        #expect(lines.suffix(3) == ["Sec-WebSocket-Protocol: v2", "Authorization: Bearer key", "Proxy-Authorization: Basic x"])
        let switching = try parsedResponse(["Server: x", "Sec-WebSocket-Accept: a"], start: "HTTP/1.1 101 x")
        #expect(
            headLines(ResponseForwarding.switchingProtocols(switching, edits: [edits(set: ["Server: y"])])) == [
                "HTTP/1.1 101 Switching Protocols", "Sec-WebSocket-Accept: a", "Connection: Upgrade", "Upgrade: websocket",
                "Server: y",
            ])
    }

    @Test("H49: a rule cannot split a head: control bytes are left out, and a name that is no token is no rule")
    func splitting() throws {
        let rules = edits(set: ["X-A: 1\r\nX-Evil: 2\u{0}\u{7F}\t3"])
        #expect(try answer(["Content-Length: 0"], rules).last == "X-A: 1X-Evil: 2\t3")
        #expect(edits(set: ["X A: 1", ": 1", "X\r\nY: 1"], add: ["X\u{E9}: 1"], remove: ["", "a:b"]).isEmpty)
    }

    @Test("names longer than any usual one are found all the same")
    func longNames() throws {
        let (one, other) = ("X-" + String(repeating: "a", count: 62), "X-" + String(repeating: "b", count: 90))
        let result = try answer(["\(one): 1", "\(other): 1", "Content-Length: 0"], edits(remove: [other.lowercased()]))
        #expect(result == ["HTTP/1.1 200 OK", "\(one): 1", "Content-Length: 0"])
    }

    @Test("rules without any rule change nothing")
    func empty() throws {
        #expect(edits().isEmpty)
        #expect(!edits(set: ["Host: x"]).isEmpty)
        #expect(try answer(["Server: x"], edits()) == answer(["Server: x"]))
        // An answer has no Host.
        #expect(try answer(["Server: x"], edits(set: ["Host: x"])) == answer(["Server: x"]))
    }

    @Test("a secret reaches the bytes and no description")
    func secrets() throws {
        let secret = "s3cret-value"
        let rules = edits(set: ["Authorization: Bearer \(secret)", "Host: \(secret).test"], add: ["X-Key: \(secret)"])
        let rewriting = RequestRewriting(edits: [rules])
        let head = try parsedRequest(["Host: a.test"])
        let sent = headLines(RequestForwarding.plain(head, context: .plain(), rewriting: rewriting))
        #expect(sent.contains("Authorization: Bearer \(secret)"))
        #expect(sent.contains("X-Key: \(secret)"))
        #expect(sent.contains("Host: \(secret).test"))
        var dumped = ""
        dump(rewriting, to: &dumped)
        for text in [String(describing: rules), String(reflecting: rules), "\(rewriting)", String(reflecting: rewriting), dumped]
        {
            #expect(!text.contains(secret))
            // Bytes would show as numbers; no name here has a 3.
            #expect(!text.contains(" 51,") && !text.contains("- 51\n"))
        }
        #expect(dumped.contains("redacted"))
    }
}
