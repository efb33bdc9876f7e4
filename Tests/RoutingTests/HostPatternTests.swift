import Testing

@testable import Routing

@Suite struct HostPatternTests {
    @Test(arguments: [
        ("chat.example.com", HostPattern.exact("chat.example.com")), ("CHAT.Example.COM.", .exact("chat.example.com")),
        ("*.Example.com", .suffix("example.com")), ("*.com", .suffix("com")), ("*", .any),
        ("localhost", .exact("localhost")),
        ("10.0.0.1", .exact("10.0.0.1")), ("[2001:DB8:0::1]", .exact("[2001:db8::1]")), ("a_b-c.x", .exact("a_b-c.x")),
    ])
    func `a host pattern is read without regard to case`(text: String, pattern: HostPattern) throws {
        #expect(try HostPattern(parsing: text) == pattern)
    }

    @Test(arguments: [
        "", ".", "..", "a..b", ".example.com", "*.", "**", "*.*.com", "www.*", "a*.example.com", "*example.com",
        "host:80",
        "::1", "[::1]:80", "[::1", "[::ffff:1.2.3.4]", "[fe80::1%25eth0]", "[host]", "https://host", "host/path", "a b",
        "bücher.example", "a\u{0}b", String(repeating: "a", count: 64),
        Array(repeating: "abc", count: 64).joined(separator: "."),
    ])
    func `what no Host header could match is refused with a remedy`(text: String) {
        let problem = #expect(throws: PatternProblem.self) { try HostPattern(parsing: text) }
        #expect(problem?.message.isEmpty == false)
        #expect(problem?.remedy.isEmpty == false)
    }

    @Test func `a pattern is written as it would be in a configuration`() throws {
        for text in ["*", "*.example.com", "chat.example.com", "[2001:db8::1]"] {
            #expect(try HostPattern(parsing: text).description == text)
        }
    }
}
