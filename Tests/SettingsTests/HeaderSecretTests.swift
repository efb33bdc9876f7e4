import Testing

@testable import Settings

/// Values of header fields are shown nowhere.
@Suite struct HeaderSecretTests {
    private static let block = """
            request_headers:
              set:
                Authorization: Bearer ${KEY}
                X-Literal: hunter2-literal
              add:
                X-File: Token file:key
        """

    private func text(_ rules: String) -> String {
        """
        listeners:
          - { name: plain, bind: "127.0.0.1:8080" }
        pools:
          chat:
            backends: [ "ws://h" ]
        \(rules)
            response_headers: { set: { X-Answer: hunter2-answer } }
        routes:
          - pool: chat
        \(rules)
        """
    }

    @Test func `no description and no dump of settings shows a value`() throws {
        let settings = try read(
            text(Self.block), environment: ["KEY": "hunter2-variable"], files: ["/etc/tidegate/key": "hunter2-file"]
        ).get()
        let values = settings.routes[0].requestHeaders.set + settings.pools[0].requestHeaders.add
        #expect(
            values.map { String(decoding: $0.value.bytes, as: UTF8.self) } == [
                "Bearer hunter2-variable", "hunter2-literal", "Token hunter2-file",
            ])
        var dumped = ""
        dump(settings, to: &dumped)
        let rules = settings.routes[0].requestHeaders
        for shown in ["\(settings)", String(reflecting: settings), dumped, "\(rules)", "\(rules.set)", "\(rules.set[0])"] {
            #expect(shown.contains("redacted"))
            #expect(!shown.contains("hunter2"))
            // "hun", as an array of bytes is shown.
            #expect(!shown.contains("104, 117, 110"))
            #expect(!shown.contains("- 104\n"))
        }
    }

    @Test(arguments: [
        "{ Authorization: Bearer hunter2 }", "{ \"Authorization:Bearer hunter2\" }", "Bearer hunter2", "[ hunter2 ]",
        "{ \"Authorization:Bearer hunter2\": x }", "{ set: { \"Authorization:Bearer hunter2\": x } }",
        "{ set: { Authorization:Bearer hunter2 } }", "{ set: { Connection: hunter2 } }", "{ set: \"A: hunter2\" }",
        "{ set: { Host: \"a hunter2\" } }", "{ set: { A: \"hunter2\\n\" } }", "{ set: { A: \" hunter2\" } }",
        "{ set: { A: \"hunter2${\" } }", "{ set: { A: \"${KEY}${NONE}\" } }", "{ set: { A: [ hunter2 ] } }",
        "{ set: { A: { b: hunter2 } } }", "{ set: { A: hunter2, a: hunter2 } }",
        "{ set: { A: hunter2 }, remove: [ A ] }", "{ remove: [ \"Authorization: hunter2\" ] }", "{ add: [ \"A: hunter2\" ] }",
        "{ set: { A: \"${LONG}\" } }", "{ add: { \"A hunter2\": hunter2 } }", "{ set: { A: \"Bearer ${BAD}\" } }",
    ])
    func `no problem shows a value, wherever it was put by mistake`(rules: String) {
        let found = errors(
            file(route: "pool: chat, request_headers: \(rules)"),
            environment: ["KEY": "hunter2", "LONG": String(repeating: "hunter2", count: 2000), "BAD": "hunter2\n"])
        #expect(!found.isEmpty)
        for problem in found {
            #expect(!problem.description.contains("hunter2"))
            #expect(!"\(problem)".contains("hunter2"))
            #expect(problem.line == 4)
        }
    }

    @Test(arguments: [
        "\"Authorization:Bearer hunter2\": x", "\"Authorization:Bearer hunter2\"", "\"hunter2@h\": x", "\"h?key=hunter2\": x",
        "host: Bearer hunter2", "host: \"me:hunter2@h\"", "host: \"h?hunter2\"", "host: \"h:hunter2\"",
        "tls: { server_name: \"me:hunter2@h\" }", "tls: { \"A:hunter2\": x }", "a: 1, \"A:hunter2\": 1, \"A:hunter2\": 2",
        "request_headers: { \"A:hunter2\": 1, \"A:hunter2\": 2 }", "request_headers: { set: { \"A: hunter2\": 1, \"A: hunter2\": 2 } }",
        "request_headers: { set: { \"A: hunter2\": , \"A: hunter2\": } }",
    ])
    func `no problem of a pool shows what was written in the place of a key or a host`(keys: String) {
        let found = errors(file(pool: "backends: [ \"wss://h\" ], \(keys)"))
        #expect(!found.isEmpty)
        for problem in found {
            #expect(!problem.description.contains("hunter2"))
            #expect(problem.line == 6)
        }
    }

    @Test func `neither a pool's name nor a route's pool shows a key or a password`() {
        let named = errors(file().replacing("  chat: {", with: "  \"Authorization:Bearer hunter2\": {"))
        let led = errors(file(route: "pool: \"ws://me:hunter2@h\""))
        #expect(named.contains { $0.message == "`Authorization...` is no name" })
        #expect(led.map(\.message) == ["there is no pool `...`"])
        #expect((named + led).allSatisfy { !$0.description.contains("hunter2") })
    }

    @Test(arguments: [
        "Token token=file:hunter2", "a b file:hunter2", "\"Bearer: file:hunter2\"", "\"<file:hunter2>\"", "\"${A}file:hunter2\"",
        "xfile:a, file:hunter2",
    ])
    func `a file that is named where none is read is warned of, and not shown`(value: String) throws {
        let text = file(route: "pool: chat, request_headers: { set: { A: '\(value.replacing("\"", with: ""))' } }")
        let found = try read(text, environment: ["A": "hunter2"]).get().warnings
        #expect(
            found.map(\.description) == [
                "/etc/tidegate/t.yaml:4: routes[0].request_headers.set.A: `file:` inside this value is sent as it stands, no file is read; write file:PATH, or one word before it, as in Bearer file:PATH"
            ])
    }

    @Test(arguments: ["file:k", "Bearer file:k", "profile:x", "img-src 'self' file: data:", "ends in file:", "${A}"])
    func `a value in which no file is named is not warned of`(value: String) throws {
        let text = file(route: "pool: chat, request_headers: { set: { A: \"\(value)\" } }")
        #expect(try warnings(text, environment: ["A": "a file:k"], files: ["/etc/tidegate/k": "v"]).isEmpty)
    }

    @Test func `the path of a problem names the field, and says when the name goes on`() {
        let found = complaint(file(route: "pool: chat, response_headers: { set: { \"A:Bearer hunter2\": x } }"))
        #expect(
            found
                == "4: routes[0].response_headers.set.A...: this is no name of a header field; write the name alone, of letters, digits and `-`, and `: ` with a blank before a value"
        )
    }
}
