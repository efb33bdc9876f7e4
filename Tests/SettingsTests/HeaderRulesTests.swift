import Testing

@testable import Settings

@Suite struct HeaderRulesTests {
    private func text(_ rules: String, key: String = "request_headers") -> String {
        file(route: "pool: chat, \(key): \(rules)")
    }

    private func rules(
        _ rules: String, key: String = "request_headers", environment: [String: String] = [:],
        files: [String: String] = [:]
    ) throws -> HeaderRules {
        let settings = try read(text(rules, key: key), environment: environment, files: files).get()
        return key == "request_headers" ? settings.routes[0].requestHeaders : settings.routes[0].responseHeaders
    }

    private func value(
        _ text: String, environment: [String: String] = [:], files: [String: String] = [:]
    ) throws -> String? {
        try rules("{ set: { A: \(text) } }", environment: environment, files: files).set.first.map {
            String(decoding: $0.value.bytes, as: UTF8.self)
        }
    }

    @Test func `rules are read for requests and answers, of routes and pools`() throws {
        let written = "{ set: { X-A: 1, x-b: two words }, add: { Via: \"1.1 t\" }, remove: [ Server, X-Old ] }"
        let read = HeaderRules(
            set: [
                .init(name: "X-A", value: Secret(Array("1".utf8))),
                .init(name: "x-b", value: Secret(Array("two words".utf8))),
            ],
            add: [.init(name: "Via", value: Secret(Array("1.1 t".utf8)))], remove: ["Server", "X-Old"])
        for key in ["request_headers", "response_headers"] {
            #expect(try rules(written, key: key) == read)
            let pool = try SettingsTests.read(file(pool: "backends: [ \"ws://h\" ], \(key): \(written)")).get().pools[0]
            #expect((key == "request_headers" ? pool.requestHeaders : pool.responseHeaders) == read)
            #expect((key == "request_headers" ? pool.responseHeaders : pool.requestHeaders).isEmpty)
        }
    }

    @Test(arguments: ["", "{}", "{ set: , add: {}, remove: [] }", "~"])
    func `rules that are left empty are none`(written: String) throws {
        #expect(try rules(written).isEmpty)
    }

    @Test(arguments: [
        ("plain", "plain"), ("\"${KEY}\"", "k1"), ("\"Bearer ${KEY}\"", "Bearer k1"), ("\"${KEY}${KEY}-${B}!\"", "k1k1-b!"),
        ("file:key", "from a file"), ("Bearer file:key", "Bearer from a file"), ("Token  file:/run/k", "Token elsewhere"),
        ("\"a <b> file:key\"", "a <b> file:key"), ("a b file:key", "a b file:key"), ("xfile:key", "xfile:key"),
        ("\"$5 {x} $KEY\"", "$5 {x} $KEY"), ("\"${ODD}\"", "${KEY}file:key"), ("\"a\\tb\"", "a\tb"), ("é", "é"),
    ])
    func `a value holds variables anywhere, and a file as a whole or behind one word`(
        text: String, expected: String
    ) throws {
        let found = try value(
            text, environment: ["KEY": "k1", "B": "b", "ODD": "${KEY}file:key"],
            files: ["/etc/tidegate/key": "from a file\n", "/run/k": "elsewhere\r\n"])
        #expect(found == expected)
    }

    @Test(arguments: [
        ("\"x${NONE}\"", "the environment has no `NONE`; set it where Tidegate is started"),
        ("\"x${EMPTY}\"", "the variable `EMPTY` is empty"), ("\"a${\"", "`${` without the name of a variable and `}`"),
        ("\"${}\"", "`${` without the name"), ("\"${A B}\"", "`${` without the name"), ("\"${A${KEY}}\"", "`${` without"),
        ("file:none", "`/etc/tidegate/none` cannot be read (no such file)"), ("Bearer file:none", "cannot be read"),
        ("file:empty", "the file is empty"), ("\"file:\"", "a file name is missing"),
        ("\"Bearer file:${KEY}\"", "`${...}` is not looked up in the name of a file"), ("\"\"", "has no value"),
        ("", "has no value"), ("[ a ]", "a single value is wanted"), ("{ a: b }", "a single value is wanted"),
        ("\"a\\nb\"", "the value has a control character, such as a line break"), ("\"a\\r\"", "a control character"),
        ("\"\\0\"", "a control character"), ("\"\\x7f\"", "a control character"), ("file:lines", "a control character"),
        ("\"${CRLF}\"", "a control character"), ("\" a\"", "begins or ends with a blank"), ("\"a\\t\"", "with a blank"),
        ("file:spaced", "begins or ends with a blank; remove it, from the variable or file too"),
    ])
    func `a value that cannot be had or sent is refused`(text: String, message: String) {
        let found = complaint(
            self.text("{ set: { A: \(text) } }"), environment: ["KEY": "k", "EMPTY": "", "CRLF": "a\r\nX: y"],
            files: [
                "/etc/tidegate/empty": "\n", "/etc/tidegate/lines": "a\nb\n", "/etc/tidegate/spaced": "a \n",
            ])
        #expect(found.hasPrefix("4: routes[0].request_headers.set.A: "))
        #expect(found.contains(message))
        #expect(!found.contains("\n"))
    }

    @Test func `every variable that is missing is told`() {
        let found = errors(text("{ set: { A: \"${ONE}-${TWO}\" } }"))
        #expect(found.map(\.message) == ["the environment has no `ONE`", "the environment has no `TWO`"])
    }

    @Test func `a value has at most 8 KiB, wherever it comes from`() throws {
        let most = String(repeating: "x", count: 8192)
        #expect(try value(most) == most)
        #expect(try value("\"${V}x\"", environment: ["V": String(most.dropLast())])?.utf8.count == 8192)
        for (text, environment) in [("\(most)x", [:]), ("\"${V}x\"", ["V": most]), ("file:f", [:])] {
            let found = complaint(
                self.text("{ set: { A: \(text) } }"), environment: environment, files: ["/etc/tidegate/f": most + "x"])
            #expect(found.contains("the value has 8193 bytes; a field has at most 8 KiB"))
        }
    }

    @Test(arguments: [
        "Connection", "keep-alive", "Proxy-Connection", "TE", "Upgrade", "Content-Length", "TRANSFER-ENCODING", "Trailer",
        "Expect", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions",
    ])
    func `fields that belong to connection, framing or handshake take no rule`(name: String) {
        for key in ["request_headers", "response_headers"] {
            for rule in ["{ set: { \(name): x } }", "{ add: { \(name): x } }", "{ remove: [ \(name) ] }"] {
                let found = complaint(text(rule, key: key))
                #expect(found.contains("`\(name.lowercased())` belongs to "))
                #expect(found.contains("; remove the rule: Tidegate writes it itself"))
                #expect(!found.contains("\n"))
            }
        }
    }

    @Test(arguments: ["Sec-WebSocket-Protocol", "X-Forwarded-For", "Date", "Cookie", "Content-Type", "te-x", "x_y"])
    func `other fields take every rule`(name: String) throws {
        for key in ["request_headers", "response_headers"] {
            #expect(try rules("{ set: { \(name): x } }", key: key).set.map(\.name) == [name])
            #expect(try rules("{ add: { \(name): x } }", key: key).add.map(\.name) == [name])
            #expect(try rules("{ remove: [ \(name) ] }", key: key).remove == [name])
        }
    }

    @Test func `a request's host and id can be set, not added or removed`() throws {
        #expect(try rules("{ set: { Host: \"a.b:8443\", X-Request-Id: x } }").set.count == 2)
        for (name, host) in [("HOST", "has exactly one `host`"), ("X-Request-ID", "has exactly one `x-request-id`")] {
            #expect(complaint(text("{ add: { \(name): h } }")).contains("\(host): it can be set, not added"))
            #expect(complaint(text("{ remove: [ \(name) ] }")).contains("\(host): it can be set, not removed"))
        }
        #expect(complaint(text("{ remove: [ CDN-Loop ] }")).contains("keeps requests from going in circles"))
        #expect(
            complaint(text("{ set: { Host: h } }", key: "response_headers")).contains("`host` is a field of requests"))
        #expect(try rules("{ remove: [ X-Request-Id ] }", key: "response_headers").remove == ["X-Request-Id"])
    }

    @Test(arguments: ["a b", "\"h:0\"", "\"http://h\"", "u@h", "\"a,b\"", "\"h/\"", "\"${H}\""])
    func `a host that is set must be one`(value: String) {
        let found = complaint(text("{ set: { host: \(value) } }"), environment: ["H": "x y"])
        #expect(
            found
                == "4: routes[0].request_headers.set.host: this is no host, with or without a port; write one such as api.example.com:8443"
        )
    }

    @Test(arguments: ["\"a b\"", "\"a:\"", "\"\"", "é", "\"a\\r\\nb\"", "\"(x)\"", "a/b", "a=b"])
    func `a name that is no token is refused`(name: String) {
        for rule in ["{ set: { \(name): x } }", "{ add: { \(name): x } }", "{ remove: [ \(name) ] }"] {
            let found = errors(text(rule))
            #expect(found.count == 1)
            #expect(["this is no name of a header field", "has no value"].contains(found.first?.message))
        }
        #expect(complaint(text("{ remove: [ \(String(repeating: "a", count: 257)) ] }")).contains("at most 256 bytes"))
    }

    @Test func `one field in two rules that contradict each other is refused`() throws {
        #expect(
            complaint(text("{ set: { X-A: 1 }, remove: [ x-a ] }"))
                == "4: routes[0].request_headers.remove[0]: `x-a` is removed here and set in line 4; keep one of the two: `set` replaces what is there"
        )
        #expect(complaint(text("{ set: { X-A: 1, x-a: 2 } }")).contains("set.x-a: the same field stands in line 4"))
        #expect(complaint(text("{ add: { X-A: 1, x-a: 2 } }")).contains("add.x-a: the same field stands in line 4"))
        #expect(complaint(text("{ remove: [ A, a ] }")).contains("remove[1]: `a` is listed twice; remove one"))
        #expect(try !rules("{ set: { A: 1 }, add: { A: 2 } }").isEmpty)
        #expect(try !rules("{ add: { A: 2 }, remove: [ A ] }").isEmpty)
    }

    @Test func `more rules than 64 in one section are refused`() throws {
        func rules(_ count: Int) -> String {
            let set = (0..<30).map { "A\($0): x" }.joined(separator: ", ")
            let add = (0..<30).map { "B\($0): x" }.joined(separator: ", ")
            let remove = (0..<count - 60).map { "C\($0)" }.joined(separator: ", ")
            return "{ set: { \(set) }, add: { \(add) }, remove: [ \(remove) ] }"
        }
        #expect(try self.rules(rules(64)).remove.count == 4)
        #expect(
            complaint(text(rules(65))) == "4: routes[0].request_headers: 65 rules are too many; write at most 64")
    }

    @Test(arguments: [
        ("set", "a mapping is wanted here, not a single value; write { set: { NAME: value }"),
        ("[ a ]", "a mapping is wanted here, not a list"),
        ("{ set: [ a ] }", "set: a mapping of names to values is wanted here, not a list; write set: { NAME: value }"),
        ("{ add: a }", "add: a mapping of names to values is wanted here, not a single value"),
        ("{ remove: a }", "remove: a list of names is wanted here, not a single value; write remove: [ NAME ]"),
        ("{ remove: { a: b } }", "remove: a list of names is wanted here, not a mapping"),
        ("{ delete: [ a ] }", "request_headers.delete: unknown key; write fields below `set` or `add`"),
        ("{ removed: [ a ] }", "request_headers.removed: unknown key; did you mean `remove`?"),
    ])
    func `rules of the wrong shape are told with what is wanted`(rules: String, message: String) {
        let found = complaint(text(rules))
        #expect(found.contains(message))
        #expect(!found.contains("\n"))
    }

    @Test func `names with an underscore are warned of in rules of requests`() throws {
        let rules = "{ set: { X_A: 1 }, add: { X_B: 1, X-C: 1 }, remove: [ X_D, X-E ] }"
        let misread = "backends may read `_` as `-`, and take this field for another one"
        #expect(
            try warnings(text(rules)) == [
                "4 routes[0].request_headers.set.X_A: \(misread)", "4 routes[0].request_headers.add.X_B: \(misread)",
                "4 routes[0].request_headers.remove[0]: fields with `_` in their names never reach a backend",
            ])
        #expect(try warnings(text(rules, key: "response_headers")).isEmpty)
    }
}
