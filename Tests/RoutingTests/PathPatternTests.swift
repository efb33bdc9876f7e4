import Testing

@testable import Routing

@Suite struct PathPatternTests {
    @Test(arguments: [
        ("/", PathPattern.exact(Array("/".utf8))), ("/voice", .exact(Array("/voice".utf8))),
        ("/*", .prefix([])), ("/ws/*", .prefix(Array("/ws".utf8))), ("/a/b/*", .prefix(Array("/a/b".utf8))),
        ("/%7euser", .exact(Array("/~user".utf8))), ("/a%2fb", .exact(Array("/a%2Fb".utf8))),
        ("/caf%c3%a9", .exact(Array("/caf%C3%A9".utf8))), ("/café/*", .prefix(Array("/caf%C3%A9".utf8))),
        ("/a b", .exact(Array("/a%20b".utf8))), ("/%2A", .exact(Array("/%2A".utf8))),
        ("//x", .exact(Array("//x".utf8))),
        ("/a;v=1", .exact(Array("/a;v=1".utf8))), ("/...", .exact(Array("/...".utf8))),
        ("/%25", .exact(Array("/%25".utf8))),
    ])
    func `a path pattern takes the form in which requests are routed`(text: String, pattern: PathPattern) throws {
        #expect(try PathPattern(parsing: text) == pattern)
    }

    @Test(arguments: [
        "", "ws", "*", "/ws*", "/*/x", "/a/*/b", "/ws/**", "/a?b", "/a#b", "/a\\b", "/a%5Cb", "/%", "/%0", "/%zz",
        "/%00",
        "/a%1f", "/a\u{7f}", "/a\nb", "/.", "/..", "/a/../b", "/a/%2e%2e/b", "/a/.%2E", "/a/..;x/b", "/a%2f..%2fb",
        "/../*",
        "/" + String(repeating: "a", count: 5000),
    ])
    func `a pattern that no routed path could match is refused with a remedy`(text: String) {
        let problem = #expect(throws: PatternProblem.self) { try PathPattern(parsing: text) }
        #expect(problem?.message.isEmpty == false)
        #expect(problem?.remedy.isEmpty == false)
    }

    @Test func `a pattern is written as it would be in a configuration`() throws {
        for text in ["/", "/*", "/ws/*", "/voice", "/caf%C3%A9"] {
            #expect(try PathPattern(parsing: text).description == text)
        }
    }
}
