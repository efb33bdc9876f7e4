import Session
import Settings
import Testing
import Wire

@Suite("What a route changes in a request")
struct ForwardingRewritingTests {
    private func plain(
        _ fields: String..., start: String = "GET /a?x=1 HTTP/1.1", context: ForwardingContext = .plain(),
        rewriting: RequestRewriting
    ) throws -> [String] {
        let head = try parsedRequest(["Host: a.test"] + fields, start: start)
        return headLines(RequestForwarding.plain(head, context: context, rewriting: rewriting))
    }

    @Test(
        "a prefix is taken away at a segment's end only, and what is left begins with one slash",
        arguments: [
            ("/api", "/api/users", "/users"), ("/api", "/api", "/"), ("/api", "/api/", "/"), ("/api", "/apis", "/apis"),
            ("/api", "/apis/api/x", "/apis/api/x"), ("/api", "/API/x", "/API/x"), ("/api", "/x/api/y", "/x/api/y"),
            ("/api", "/api//evil.test/x", "/evil.test/x"), ("/api", "/api///", "/"), ("/api", "/api%2Fx", "/api%2Fx"),
            ("/a/b", "/a/b/c//d", "/c//d"), ("/a/b", "/a", "/a"), ("/api/", "/api/x", "/x"), ("/api/", "/api", "/"),
            ("", "//x", "//x"), ("/", "/x", "/x"),
        ])
    func strip(prefix: String, path: String, expected: String) {
        let result = PathRewriting.apply(.stripPrefix(Array(prefix.utf8)), to: Array(path.utf8))
        #expect(String(decoding: result, as: UTF8.self) == expected)
    }

    @Test("a replaced path is the one written, rooted")
    func replace() {
        #expect(PathRewriting.apply(.replace(Array("/v1/x".utf8)), to: Array("/a".utf8)) == Array("/v1/x".utf8))
        #expect(PathRewriting.apply(.replace(Array("x".utf8)), to: Array("/a".utf8)) == Array("/x".utf8))
        #expect(PathRewriting.apply(.replace([]), to: Array("/a".utf8)) == Array("/".utf8))
        #expect(PathRewriting.apply(.stripPrefix(Array("/a".utf8)), to: []) == Array("/".utf8))
    }

    @Test("the rewritten path goes out with the query as it came, and * stays *")
    func path() throws {
        let rewriting = RequestRewriting(path: Array("/b".utf8))
        #expect(try plain(rewriting: rewriting).first == "GET /b?x=1 HTTP/1.1")
        #expect(try plain(start: "GET /a? HTTP/1.1", rewriting: rewriting).first == "GET /b? HTTP/1.1")
        #expect(try plain(start: "OPTIONS * HTTP/1.1", rewriting: rewriting).first == "OPTIONS * HTTP/1.1")
        let head = try parsedRequest(["Host: a.test"])
        #expect(
            headLines(RequestForwarding.upgrade(head, context: .plain(), rewriting: rewriting)).first == "GET /b?x=1 HTTP/1.1")
        let split = RequestRewriting(path: Array("/b HTTP/1.1\r\nX: y".utf8))
        #expect(try plain(rewriting: split).first == "GET /bHTTP/1.1X:y?x=1 HTTP/1.1")
    }

    @Test("B20: Host is the client's, or the one given, or the one that a rule sets; X-Forwarded-Host stays the client's")
    func host() throws {
        let given = Array("b.test:81".utf8)
        let (first, second) = (edits(set: ["hOsT: c.test"]), edits(set: ["Host: d.test"]))
        let cases: [(RequestRewriting, String)] = [
            (RequestRewriting(), "a.test"), (RequestRewriting(host: given), "b.test:81"),
            (RequestRewriting(host: given, edits: [first]), "c.test"),
            (RequestRewriting(host: given, edits: [first, second, edits(set: ["X: y"])]), "d.test"),
            (RequestRewriting(edits: [edits(add: ["Host: e.test"], remove: ["Host"])]), "a.test"),
        ]
        for (rewriting, expected) in cases {
            let head = try parsedRequest(["Host: a.test"])
            for bytes in [
                RequestForwarding.plain(head, context: .plain(), rewriting: rewriting),
                RequestForwarding.upgrade(head, context: .plain(), rewriting: rewriting),
            ] {
                let lines = headLines(bytes)
                #expect(headValues("Host", lines) == [expected])
                #expect(lines.dropFirst().first == "Host: \(expected)")
                #expect(headValues("X-Forwarded-Host", lines) == ["a.test"])
            }
        }
        let old = try parsedRequest([], start: "GET / HTTP/1.0")
        let lines = headLines(RequestForwarding.plain(old, context: .plain(), rewriting: RequestRewriting(host: given)))
        #expect(headValues("Host", lines) == ["b.test:81"])
    }

    @Test(
        "Forwarded names the client, its host and its scheme, quoted where they are no tokens",
        arguments: [
            ("192.0.2.7", "a.test", "for=192.0.2.7;host=a.test;proto=https"),
            ("2001:db8::7", "a.test:8443", "for=\"[2001:db8::7]\";host=\"a.test:8443\";proto=https"),
            ("", "[::1]", "for=unknown;host=\"[::1]\";proto=https"),
        ])
    func forwarded(address: String, host: String, expected: String) throws {
        var context = ForwardingContext.plain()
        context.clientAddress = Array(address.utf8)
        let head = try parsedRequest(["Host: \(host)", "Forwarded: for=evil"])
        let rewriting = RequestRewriting(forwarded: true)
        #expect(
            headValues("Forwarded", headLines(RequestForwarding.plain(head, context: context, rewriting: rewriting))) == [
                expected
            ])
        #expect(
            headValues("Forwarded", headLines(RequestForwarding.upgrade(head, context: context, rewriting: rewriting))) == [
                expected
            ])
    }

    @Test("H39: a trusted proxy's Forwarded is continued, unless it would swallow what we append")
    func forwardedByTrusted() throws {
        let rewriting = RequestRewriting(forwarded: true)
        let ours = "for=192.0.2.7;host=a.test;proto=https"
        let cases: [([String], String)] = [
            (
                ["Forwarded: for=1.1.1.1, for=2.2.2.2", "forwarded: for=\"[::1]\";by=_x"],
                "for=1.1.1.1, for=2.2.2.2, for=\"[::1]\";by=_x, \(ours)"
            ),
            (["Forwarded: for=\"a\\\"b\""], "for=\"a\\\"b\", \(ours)"), (["Forwarded: for=\"open"], ours),
            (["Forwarded: for=\"open\\\""], ours), (["Forwarded:"], ours), (["Forwarded: for=\u{E9}"], ours),
            (["Forwarded: for=1.1.1.1", "Connection: Forwarded"], ours),
        ]
        for (fields, expected) in cases {
            let head = try parsedRequest(["Host: a.test"] + fields)
            let lines = headLines(RequestForwarding.plain(head, context: .plain(trusted: true), rewriting: rewriting))
            #expect(headValues("Forwarded", lines) == [expected])
        }
    }

    private static let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"

    @Test("a trace passes as it came, well formed or not, while nobody asked for new ones")
    func tracePasses() throws {
        let result = try plain("TraceParent: nonsense", "tracestate: a=b", rewriting: RequestRewriting())
        #expect(headValues("traceparent", result) == ["nonsense"])
        #expect(headValues("tracestate", result) == ["a=b"])
        #expect(headValues("traceparent", try plain(rewriting: RequestRewriting())) == [])
    }

    @Test(
        "a trace that makes sense is continued, and its state with it",
        arguments: [
            valid, "01" + valid.dropFirst(2), "cc" + valid.dropFirst(2) + "-more", "00" + valid.dropFirst(2).dropLast() + "1",
        ])
    func traceContinues(value: String) throws {
        let rewriting = RequestRewriting(createsTraceParent: true, traceID: (1, 2), spanID: 3)
        let result = try plain("traceparent: \(value)", "tracestate: a=b", rewriting: rewriting)
        #expect(headValues("traceparent", result) == [value])
        #expect(headValues("tracestate", result) == ["a=b"])
    }

    @Test(
        "a new trace begins where there is none or a senseless one, and old state does not belong to it",
        arguments: [
            [], ["traceparent:"], ["traceparent: \(valid)", "Traceparent: \(valid)"], ["traceparent: ff\(valid.dropFirst(2))"],
            ["traceparent: \(valid)-x"], ["traceparent: 01\(valid.dropFirst(2))x"], ["traceparent: \(valid.dropLast())"],
            ["traceparent: \(valid.uppercased())"], ["traceparent: 00-00000000000000000000000000000000-00f067aa0ba902b7-01"],
            ["traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"],
            ["traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01"],
            ["traceparent: \(valid)", "Connection: traceparent"],
        ])
    func traceBegins(fields: [String]) throws {
        let rewriting = RequestRewriting(createsTraceParent: true, traceID: (0xAB, 0xFEDC_BA98_7654_3210), spanID: 1 << 63)
        let head = try parsedRequest(["Host: a.test", "Tracestate: a=b"] + fields)
        let expected = "00-00000000000000abfedcba9876543210-8000000000000000-01"
        for bytes in [
            RequestForwarding.plain(head, context: .plain(), rewriting: rewriting),
            RequestForwarding.upgrade(head, context: .plain(), rewriting: rewriting),
        ] {
            #expect(headValues("traceparent", headLines(bytes)) == [expected])
            #expect(headValues("tracestate", headLines(bytes)) == [])
        }
    }

    @Test("a trace of no random bits at all still has ids")
    func traceOfZeros() throws {
        let result = try plain(rewriting: RequestRewriting(createsTraceParent: true))
        #expect(headValues("traceparent", result) == ["00-00000000000000000000000000000001-0000000000000001-01"])
    }

    @Test("B17: each pass through the proxy is told in CDN-Loop and counted")
    func loops() throws {
        var head = try parsedRequest(["Host: a.test", "CDN-Loop: other; v=1, tidegate2"])
        for passes in 0..<10 {
            #expect(RequestForwarding.loops(head) == passes)
            let bytes =
                passes.isMultiple(of: 2)
                ? RequestForwarding.plain(head, context: .plain()) : RequestForwarding.upgrade(head, context: .plain())
            var parser = RequestHeadParser(limits: HeadLimits())
            head = try #require(try parser.parse(bytes.span))
        }
        #expect(head.headers.string("CDN-Loop") == "other; v=1, tidegate2")
    }

    @Test(
        "B17: other proxies' entries, parameters and open quotes do not hide a loop",
        arguments: [
            (["CDN-Loop: tidegate"], 1), (["cdn-loop: TideGate; a=b,tidegate ;c"], 2),
            (["CDN-Loop: x=\"a, tidegate, tidegate"], 2),
            (["CDN-Loop: a,tidegate", "CDN-Loop: tidegate,,b"], 2), (["CDN-Loop: tidegate.example, xtidegate, tidegat"], 0),
            (["CDN-Loop:"], 0), (["X-CDN-Loop: tidegate"], 0), (["CDN-Loop: tidegate", "Connection: CDN-Loop"], 1),
        ])
    func loopForms(fields: [String], expected: Int) throws {
        let head = try parsedRequest(["Host: a.test"] + fields)
        #expect(RequestForwarding.loops(head) == expected)
        var parser = RequestHeadParser(limits: HeadLimits())
        let again = try #require(try parser.parse(RequestForwarding.plain(head, context: .plain()).span))
        #expect(RequestForwarding.loops(again) == expected + 1)
    }
}
