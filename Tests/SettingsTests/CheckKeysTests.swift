import Testing

@testable import Settings

@Suite struct CheckKeysTests {
    private func check(_ text: String) throws -> CheckSettings? { try pool("check: \(text)")?.check }

    @Test func `nobody is asked unless that is written`() throws {
        for text in ["off", "", "~"] { #expect(try check(text) == nil) }
        #expect(try pool("panic: 50")?.check == nil)
    }

    @Test(
        arguments: [
            ("tcp", .tcp), ("http", .http(HTTPCheckSettings())), ("websocket", .websocket(WebSocketCheckSettings())),
        ] as [(String, CheckSettings.Kind)])
    func `a type alone has the defaults of its options`(type: String, kind: CheckSettings.Kind) throws {
        let expected = CheckSettings(
            kind: kind, interval: .seconds(5), fastInterval: .seconds(1), timeout: .seconds(2), rise: 2, fall: 3,
            start: .up, port: nil)
        #expect(try check(type) == expected)
        #expect(try check("{ type: \(type) }") == expected)
    }

    @Test func `a mapping without a type connects and no more`() throws {
        #expect(try check("{}")?.kind == .tcp)
        let times = "interval: 1h, fast_interval: 100ms, timeout: 5m, rise: 1, fall: 1000, start: down, port: 65535"
        #expect(
            try check("{ \(times) }")
                == CheckSettings(
                    kind: .tcp, interval: .seconds(3600), fastInterval: .milliseconds(100), timeout: .seconds(300), rise: 1,
                    fall: 1000, start: .down, port: 65535))
    }

    @Test func `the fast interval follows a shorter one`() throws {
        #expect(try check("{ interval: 500ms }")?.fastInterval == .milliseconds(500))
        #expect(try check("{ interval: 2s }")?.fastInterval == .seconds(1))
        #expect(try check("{ interval: 2s, fast_interval: 2s }")?.fastInterval == .seconds(2))
        #expect(
            poolComplaint("check: { interval: 2s, fast_interval: 3s }")
                == "6: pools.chat.check.fast_interval: the fast interval is longer than the other, 2s; write at most that")
    }

    @Test func `every option of http is read`() throws {
        let options =
            "type: http, method: POST, path: \"/health?deep=1\", host: \"api.example.com:8443\", status: [ 200-204, 301, 599 ], body: all well"
        #expect(
            try check("{ \(options) }")?.kind
                == .http(
                    HTTPCheckSettings(
                        method: .post, path: "/health?deep=1", host: "api.example.com:8443",
                        statuses: [200...204, 301...301, 599...599], body: "all well")))
        for (status, range) in [("200", 200...200), ("100-599", 100...599)] {
            guard case .http(let http)? = try check("{ type: http, status: \(status) }")?.kind else {
                return #expect(Bool(false), "it is no check by http")
            }
            #expect(http.statuses == [range])
        }
        #expect(try check("{ type: http, method: HEAD }")?.kind == .http(HTTPCheckSettings(method: .head)))
    }

    @Test func `every option of websocket is read`() throws {
        let options =
            "type: websocket, path: /ws, host: h, subprotocol: graphql-ws, ping: true, send: \"{\\\"t\\\": 1}\", expect: ok"
        #expect(
            try check("{ \(options) }")?.kind
                == .websocket(
                    WebSocketCheckSettings(
                        path: "/ws", host: "h", subprotocol: "graphql-ws", pings: true, send: "{\"t\": 1}", expect: "ok")))
        #expect(try check("{ type: websocket, send: a }")?.kind == .websocket(WebSocketCheckSettings(send: "a")))
    }

    @Test(arguments: Reader.checkKeys.map(\.key))
    func `an option of another type is refused`(key: String) {
        let values = ["method": "GET", "path": "/", "status": "200", "ping": "true"]
        let option = "\(key): \(values[key] ?? "a")\(key == "expect" ? ", send: a" : "")"
        for type in Reader.CheckType.allCases {
            let fits = Reader.checkKeys.first { $0.key == key }?.types ?? []
            let found = poolComplaint("check: { type: \(type.rawValue), \(option) }")
            guard !fits.contains(type) else {
                #expect(found.isEmpty)
                continue
            }
            let others = fits.map { "type: \($0.rawValue)" }.joined(separator: " or ")
            #expect(
                found.contains(
                    "6: pools.chat.check.\(key): a check of type \(type.rawValue) has no `\(key)`; remove it, or write \(others)"))
        }
    }

    @Test(arguments: [
        ("yes", "check: `yes` is none of the choices; write one of on, off, tcp, http, websocket"), ("htp", "did you mean `http`?"),
        ("[ tcp ]", "check: a mapping is wanted here, not a list"),
        ("{ type: https }", "check.type: `https` is none of the choices; did you mean `http`?"),
        ("{ type: ping, path: x }", "check.path: a path begins with `/`"),
        ("{ interval: 99ms }", "99ms is out of range; write a duration from 100ms to 1h"), ("{ interval: 61m }", "out of range"),
        ("{ fast_interval: 0s }", "out of range"), ("{ timeout: 9ms }", "from 10ms to 5m"), ("{ timeout: 6m }", "out of range"),
        ("{ timeout: off }", "is no duration"), ("{ rise: 0 }", "check.rise: 0 is out of range; write a whole number from 1 to 1000"),
        ("{ fall: 1001 }", "1001 is out of range"), ("{ start: drain }", "check.start: `drain` is none of the choices"),
        ("{ port: 0 }", "check.port: `0` is no port"), ("{ port: 65536 }", "is no port"), ("{ intervall: 5s }", "did you mean `interval`?"),
        ("{ type: http, path: health }", "check.path: a path begins with `/`; write one such as /health"),
        ("{ type: http, path: \"/a b\" }", "check.path: this is no path of a request"),
        ("{ type: http, path: \"/a#b\" }", "check.path: this is no path of a request"),
        ("{ type: websocket, path: \"/ü\" }", "check.path: this is no path of a request"),
        ("{ type: http, method: get }", "check.method: `get` is none of the choices; write one of GET, HEAD, OPTIONS, POST"),
        ("{ type: http, host: \"a b\" }", "check.host: this is no host"), ("{ type: http, host: \"u:p@h\" }", "check.host: this is no host"),
        ("{ type: http, status: 99 }", "check.status: `99` is no status and no range of them; write one from 100 to 599"),
        ("{ type: http, status: 600 }", "`600` is no status"), ("{ type: http, status: 2xx }", "`2xx` is no status"),
        ("{ type: http, status: [ 200, 1200 ] }", "check.status[1]: `1200` is no status"),
        ("{ type: http, status: 200-600 }", "`200-600` is no status"), ("{ type: http, status: 200-299-300 }", "is no status"),
        ("{ type: http, status: -200 }", "`-200` is no status"), ("{ type: http, status: 200- }", "`200-` is no status"),
        ("{ type: http, status: 299-200 }", "`299-200` ends before it begins; write 200-299"),
        ("{ type: http, status: [] }", "check.status: the list of statuses is empty"),
        ("{ type: http, body: \"\" }", "check.body: has no value"),
        ("{ type: http, method: HEAD, body: a }", "check.body: an answer to HEAD has no body; write method: GET"),
        ("{ type: websocket, expect: a }", "check.expect: nothing is sent that could be answered; write `send` too"),
        ("{ type: websocket, subprotocol: \"a b\" }", "check.subprotocol: this is no name of a subprotocol"),
        ("{ type: websocket, ping: 1s }", "check.ping: `1s` is neither true nor false"),
    ])
    func `what cannot be used is refused`(check: String, message: String) {
        let found = poolComplaint("check: \(check)")
        #expect(found.hasPrefix("6: pools.chat.check"))
        #expect(found.contains(message))
        if !check.contains("ping, path") { #expect(!found.contains("\n")) }
    }

    @Test(arguments: ["body", "send"])
    func `a text has at most 1024 bytes`(key: String) throws {
        let type = key == "body" ? "http" : "websocket"
        let longest = String(repeating: "x", count: 1024)
        #expect(poolComplaint("check: { type: \(type), \(key): \(longest) }").isEmpty)
        #expect(
            poolComplaint("check: { type: \(type), \(key): \(longest)x }")
                == "6: pools.chat.check.\(key): the text has 1025 bytes; write at most 1KiB")
    }

    @Test func `more than 32 statuses are refused`() {
        let statuses = (200...232).map { "\($0)" }.joined(separator: ", ")
        #expect(poolComplaint("check: { type: http, status: [ \(statuses) ] }").contains("33 statuses are too many; write at most 32"))
    }

    @Test func `backends on Unix sockets have no port to check`() throws {
        #expect(
            poolComplaint("check: { port: 80 }", backends: "\"unix:/a\", \"unix:/b\"")
                == "6: pools.chat.check.port: backends on Unix sockets have no port; remove it")
        #expect(try pool("check: { port: 80 }", backends: "\"unix:/a\", \"ws://h\"")?.check?.port == 80)
    }

    @Test func `a path that is refused is not shown, as there may be a key in it`() {
        #expect(!poolComplaint("check: { type: http, path: \"/a?key=hunter2 x\" }").contains("hunter2"))
        #expect(!poolComplaint("check: { type: http, path: \"?key=hunter2\" }").contains("hunter2"))
    }

    @Test func `a text to which no answer is awaited is a warning`() throws {
        func warned(_ keys: String) throws -> [String] {
            try warnings(file(pool: "backends: [ \"ws://h\" ], check: { type: websocket, \(keys) }"))
        }
        #expect(
            try warned("send: hello") == [
                "6 pools.chat.check.send: the check passes whatever is answered to this, and does not wait for it"
            ])
        #expect(try warned("send: hello, ping: true").count == 1)
        #expect(try warned("send: hello, expect: well").isEmpty)
    }
}
