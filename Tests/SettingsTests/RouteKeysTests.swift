import Routing
import Testing

@testable import Settings

@Suite struct RouteKeysTests {
    private func route(_ text: String) throws -> RouteSettings {
        try #require(read(file(route: text)).get().routes.first)
    }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `a route may answer by itself, by a mapping or a bare status`() throws {
        let answer = FixedAnswer(status: 503, body: bytes("{}"), contentType: "application/json")
        #expect(
            try route("respond: { status: 503, body: \"{}\", content_type: application/json }").destination
                == .respond(answer))
        #expect(try route("respond: 404").destination == .respond(FixedAnswer(status: 404)))
        #expect(
            try route("respond: { body: ok }").destination
                == .respond(FixedAnswer(status: 200, body: bytes("ok"), contentType: "text/plain; charset=utf-8")))
        #expect(try route("respond: { status: 204, body: \"\" }").destination == .respond(FixedAnswer(status: 204)))
        #expect(try route("respond: {}").destination == .respond(FixedAnswer()))
        #expect(try route("respond: 200").pool == nil)
    }

    @Test(arguments: [
        ("respond: 100", "respond: 100 is out of range; write a whole number from 200 to 599"),
        ("respond: 600", "respond: 600 is out of range"), ("respond: ok", "respond: `ok` is no whole number"),
        ("respond: [ 200 ]", "respond: a mapping is wanted here, not a list"), ("respond:", "respond: a mapping is wanted"),
        ("respond: { status: 199 }", "respond.status: 199 is out of range"),
        ("respond: { code: 200 }", "respond.code: unknown key; the keys here are status, body, content_type"),
        ("respond: { status: 204, body: x }", "respond.body: an answer of status 204 has no body; remove `body`"),
        ("respond: { status: 205, body: x }", "status 205 has no body"),
        ("respond: { body: x, status: 304 }", "status 304 has no body"),
        ("respond: { body: \"${X}\" }", "respond.body: `${...}` is looked up only where a secret is expected"),
        ("respond: { body: }", "respond.body: has no value"),
        ("respond: { content_type: text }", "respond.content_type: `text` is no media type"),
        ("respond: { content_type: \"a/b\\r\\nX: y\" }", "is no media type"),
        ("respond: { content_type: \"a/b;\\t\" }", "is no media type"),
        ("respond: { content_type: \"/b\" }", "is no media type"), ("respond: { content_type: a/b/c }", "is no media type"),
        ("respond: 200, pool: chat", "respond: a route has a `pool` or a `respond`, not both; remove one of them"),
        ("path: /x", "`pool` is missing; write pool: NAME, or respond: { status: 200, body: \"ok\" }"),
    ])
    func `an answer that cannot be given is refused`(text: String, message: String) {
        let found = complaint(file(route: text))
        #expect(found.hasPrefix("4: routes[0]"))
        #expect(found.contains(message))
        #expect(!found.contains("\n"))
    }

    @Test func `a body has at most 64 KiB`() throws {
        let most = String(repeating: "x", count: 64 * 1024)
        #expect(try route("respond: { body: \(most) }").destination == .respond(FixedAnswer(body: bytes(most))))
        #expect(
            complaint(file(route: "respond: { body: \(most)x }")).contains(
                "respond.body: the body has 65537 bytes; write at most 64KiB"))
    }

    @Test(arguments: [
        "upgrade: allowed", "strip_prefix: /a", "replace_path: /a", "request_headers: { remove: [ A ] }",
        "sse_keepalive: off",
    ])
    func `a route that answers by itself takes no key of requests that go on`(key: String) {
        let name = String(key.prefix { $0 != ":" })
        let found = complaint(file(route: "respond: 200, path: /a, \(key)"))
        #expect(
            found
                == "4: routes[0].\(name): a route that answers by itself sends nothing on, `\(name)` has no meaning there; remove it, or write pool: NAME for `respond`"
        )
        #expect(complaint(file(route: "pool: chat, path: /a, \(key)")) == "")
    }

    @Test func `an answer of a route's own may have fields of its own`() throws {
        let route = try route("respond: 200, response_headers: { set: { Cache-Control: no-store } }")
        #expect(route.responseHeaders.set.map(\.name) == ["Cache-Control"])
    }

    @Test func `where every route answers by itself no pools are needed`() throws {
        let text = """
            listeners: [ { name: plain, bind: "127.0.0.1:8080" } ]
            routes: [ { respond: 200 }, { path: /x, respond: 404 } ]
            """
        #expect(try read(text).get().pools.isEmpty)
        #expect(try read(text + "\npools:\n").get().pools.isEmpty)
        #expect(complaint(text.replacing("respond: 404", with: "pool: p")).contains("`pools` is missing"))
    }

    @Test func `plain requests may be refused`() throws {
        #expect(try route("pool: chat, upgrade: websocket only").carriesUpgradesOnly)
        #expect(try route("pool: chat, upgrade: websocket_only").carriesUpgradesOnly)
        #expect(try !route("pool: chat, upgrade: allowed").carriesUpgradesOnly)
        #expect(try !route("pool: chat").carriesUpgradesOnly)
        #expect(
            complaint(file(route: "pool: chat, upgrade: websocket"))
                == "4: routes[0].upgrade: `websocket` is none of the choices; write `websocket only` to refuse plain requests, or `allowed`"
        )
    }

    @Test(arguments: [
        ("/api", "/api"), ("/api/", "/api"), ("/a/b", "/a/b"), ("/%7eann", "/~ann"), ("/caf%c3%a9", "/caf%C3%A9"),
        ("/a b", "/a%20b"), ("/a%2fb", "/a%2Fb"),
    ])
    func `a prefix to strip is kept in the form in which paths are compared`(text: String, stored: String) throws {
        #expect(try route("pool: chat, strip_prefix: \"\(text)\"").rewrite == .stripPrefix(bytes(stored)))
    }

    @Test(arguments: [("/", "/"), ("/x", "/x"), ("/v1/", "/v1/"), ("/%41", "/A"), ("/é", "/%C3%A9"), ("/a;b", "/a;b")])
    func `a path that replaces others is kept in the form in which paths are sent`(text: String, stored: String) throws {
        #expect(try route("pool: chat, replace_path: \"\(text)\"").rewrite == .replace(bytes(stored)))
    }

    @Test(arguments: [
        ("api", "a path begins with `/`"), ("/a?b", "a query or fragment"), ("/a#b", "a query or fragment"),
        ("/..", "dot segments"), ("/a/%2e", "dot segments"), ("/a%2F..", "dot segments"), ("/..;x", "dot segments"),
        ("/..%3Bx", "dot segments"), ("/a/.%3b/c", "dot segments"), ("/a\\\\b", "control characters and `\\`"),
        ("/a%00", "control characters"), ("/%zz", "`%` without two hex digits"), ("/a/*", "has no `*`"),
        ("/a*b", "`*` stands only as the whole last segment"), ("", "has no value"),
    ])
    func `a path that no request can have is refused`(text: String, message: String) {
        for key in ["strip_prefix", "replace_path"] {
            let found = complaint(file(route: "pool: chat, \(key): \"\(text)\""))
            #expect(found.hasPrefix("4: routes[0].\(key): "))
            #expect(found.contains(message))
        }
    }

    @Test func `a path may hold a semicolon that hides no dots`() throws {
        #expect(try route("pool: chat, replace_path: /a%3bb").rewrite == .replace(bytes("/a%3Bb")))
    }

    @Test func `a prefix without anything to strip, and both rewrites at once, are refused`() {
        #expect(complaint(file(route: "pool: chat, strip_prefix: /")).contains("leaves nothing to strip"))
        #expect(complaint(file(route: "pool: chat, strip_prefix: /a//")).contains("ends in one `/` at most"))
        #expect(
            complaint(file(route: "pool: chat, strip_prefix: /a, replace_path: /b"))
                == "4: routes[0].replace_path: a route has a `strip_prefix` or a `replace_path`, not both; remove one of them")
    }

    @Test(arguments: [
        ("/api/*", "/api", true), ("/api/v1/*", "/api", true), ("/api/*", "/api/v1", true), ("/*", "/api", true),
        ("/api/users", "/api", true), ("/api", "/api", true), ("/apis/*", "/api", false), ("/api", "/api/v1", false),
        ("/ws/*", "/api", false),
    ])
    func `a prefix that no path of the route has is a warning`(path: String, prefix: String, isUseful: Bool) throws {
        let found = try warnings(file(route: "pool: chat, path: \(path), strip_prefix: \(prefix)"))
        let warning = "4 routes[0].strip_prefix: no path of this route begins with that: nothing is ever stripped"
        #expect(found == (isUseful ? [] : [warning]))
    }

    @Test func `silent event streams may be kept alive`() throws {
        #expect(try route("pool: chat, sse_keepalive: 15s").sseKeepAlive == .seconds(15))
        #expect(try route("pool: chat, sse_keepalive: 1s").sseKeepAlive == .seconds(1))
        #expect(try route("pool: chat, sse_keepalive: 1h").sseKeepAlive == .seconds(3600))
        #expect(try route("pool: chat, sse_keepalive: off").sseKeepAlive == nil)
        #expect(try route("pool: chat").sseKeepAlive == nil)
        for text in ["999ms", "3601s", "0s"] {
            #expect(
                complaint(file(route: "pool: chat, sse_keepalive: \(text)"))
                    == "4: routes[0].sse_keepalive: \(text) is out of range; write a duration from 1s to 1h")
        }
    }
}
