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

    @Test func `the path of a problem names the field, and says when the name goes on`() {
        let found = complaint(file(route: "pool: chat, response_headers: { set: { \"A:Bearer hunter2\": x } }"))
        #expect(
            found
                == "4: routes[0].response_headers.set.A...: this is no name of a header field; write the name alone, of letters, digits and `-`, and `: ` with a blank before a value"
        )
    }
}
