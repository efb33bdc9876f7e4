import Testing

@testable import Settings

@Suite struct StickyKeysTests {
    private static let key = "0123456789abcdef0123456789abcdef"
    private static let files = [
        "/etc/tidegate/a.key": String(repeating: "a", count: 64) + "\n", "/etc/tidegate/b.key": String(repeating: "b", count: 32),
        "/etc/tidegate/short": String(repeating: "s", count: 31) + "\n",
    ]

    private func sticky(_ cookie: String) throws -> StickySettings? {
        try pool("sticky: { cookie: \(cookie), keys: [ file:a.key ] }", files: Self.files)?.sticky
    }

    private func refusal(_ sticky: String) -> String {
        poolComplaint("sticky: \(sticky)", files: Self.files)
    }

    @Test func `a cookie is its name, with the usual attributes`() throws {
        let settings = try #require(try sticky("tide"))
        #expect(
            settings.cookie
                == StickyCookie(
                    name: "tide", path: "/", domain: nil, maxAge: nil, secure: .auto, isHTTPOnly: true, sameSite: .lax))
        #expect(settings.keys.map(\.bytes.count) == [64])
        #expect(try sticky("{ name: tide }") == settings)
        for absent in ["sticky: off", "sticky: ", "max_dials: 1"] { #expect(try pool(absent)?.sticky == nil) }
    }

    @Test func `every attribute is read`() throws {
        let attributes = "path: /chat, domain: .Example.com., max_age: 9600h, secure: true, http_only: false, same_site: none"
        #expect(
            try sticky("{ name: T.1, \(attributes) }")?.cookie
                == StickyCookie(
                    name: "T.1", path: "/chat", domain: "example.com", maxAge: .seconds(400 * 86400), secure: .always,
                    isHTTPOnly: false, sameSite: .none))
        #expect(
            try sticky("{ name: t, max_age: session, secure: false, same_site: strict }")?.cookie
                == StickyCookie(name: "t", secure: .never, sameSite: .strict))
        #expect(try sticky("{ name: t, secure: auto, same_site: none }")?.cookie.secure == .auto)
    }

    @Test func `the first key is the one that signs, others follow`() throws {
        let text = file(pool: "backends: [ \"ws://h\" ], sticky: { cookie: t, keys: [ file:b.key, \"${KEY}\", \(Self.key) ] }")
        let keys = try read(text, environment: ["KEY": String(repeating: "k", count: 32)], files: Self.files).get()
            .pools.first?.sticky?.keys
        #expect(keys?.map { $0.bytes.first } == [UInt8(ascii: "b"), UInt8(ascii: "k"), UInt8(ascii: "0")])
    }

    @Test(arguments: [
        ("{ keys: [ file:a.key ] }", "sticky: `cookie` is missing; write cookie: NAME"),
        ("{ cookie: t }", "sticky: `keys` is missing; write keys: [ file:sticky.key ]"),
        ("{ cookie: t, keys: [] }", "sticky.keys: the list of keys is empty"),
        ("{ cookie: t, keys: file:a.key }", "sticky.keys: a list of keys is wanted here"),
        ("{ cookie: t, keys: [ file:short ] }", "sticky.keys[0]: the key has 31 bytes, at least 32 are needed; make one with"),
        ("{ cookie: t, keys: [ file:none ] }", "sticky.keys[0]: `/etc/tidegate/none` cannot be read"),
        ("{ cookie: t, keys: [ file:a.key, file:b.key, file:a.key ] }", "sticky.keys[2]: this key is the same as pools.chat.sticky.keys[0]"),
        ("{ cookie: t, keys: [ a, a, a, a, a, a, a, a, a ] }", "9 keys are too many; write at most 8"),
        ("{ cookie: \"a b\", keys: [ file:a.key ] }", "sticky.cookie: this is no name of a cookie"),
        ("{ cookie: \"a;b\", keys: [ file:a.key ] }", "this is no name of a cookie"),
        ("{ cookie: { path: / }, keys: [ file:a.key ] }", "sticky.cookie: `name` is missing"),
        ("{ cookie: { name: t, path: a }, keys: [ file:a.key ] }", "cookie.path: this is no path of a cookie"),
        ("{ cookie: { name: t, path: \"/;x\" }, keys: [ file:a.key ] }", "cookie.path: this is no path of a cookie"),
        ("{ cookie: { name: t, domain: \"a b\" }, keys: [ file:a.key ] }", "cookie.domain: this is no host name"),
        ("{ cookie: { name: t, domain: 10.0.0.1 }, keys: [ file:a.key ] }", "cookie.domain: `10.0.0.1` is no IPv4 address"),
        ("{ cookie: { name: t, max_age: 0s }, keys: [ file:a.key ] }", "0s is out of range; write a duration from 1s to 9600h"),
        ("{ cookie: { name: t, max_age: 9601h }, keys: [ file:a.key ] }", "9601h is out of range"),
        ("{ cookie: { name: t, secure: maybe }, keys: [ file:a.key ] }", "`maybe` is neither true nor false"),
        ("{ cookie: { name: t, same_site: non }, keys: [ file:a.key ] }", "did you mean `none`?"),
        ("{ cookie: { name: t, samesite: lax }, keys: [ file:a.key ] }", "did you mean `same_site`?"),
        ("{ cookie: { name: t, secure: false, same_site: none }, keys: [ file:a.key ] }", "same_site: browsers refuse a cookie of `same_site: none`"),
        ("{ cookie: __Host-t, keys: [ file:a.key ] }", "cookie: browsers refuse a cookie of this name that is not secure"),
        ("{ cookie: { name: __secure-t, secure: false }, keys: [ file:a.key ] }", "cookie.name: browsers refuse a cookie of this name"),
        ("{ cookie: { name: __Host-t, secure: true, domain: a.b }, keys: [ file:a.key ] }", "with a `domain`, or a `path` other than /"),
        ("{ cookie: { name: __Host-t, secure: true, path: /x }, keys: [ file:a.key ] }", "with a `domain`, or a `path` other than /"),
        ("on", "write off, { cookie: NAME, keys: [ file:sticky.key ] }, or `key: value` lines below it"),
    ])
    func `what cannot be used is refused`(sticky: String, message: String) {
        let found = refusal(sticky)
        #expect(found.hasPrefix("6: pools.chat.sticky"))
        #expect(found.contains(message))
        #expect(!found.contains("\n"))
    }

    @Test func `names that browsers guard are taken with what they demand`() throws {
        #expect(try sticky("{ name: __Host-t, secure: true }")?.cookie.name == "__Host-t")
        #expect(try sticky("{ name: __Secure-t, secure: true, domain: a.b, path: /x }")?.cookie.domain == "a.b")
    }

    @Test func `keys show themselves in no description, dump or problem`() throws {
        let secret = "hunter2hunter2hunter2hunter2hunter2"
        let settings = try read(file(pool: "backends: [ \"ws://h\" ], sticky: { cookie: t, keys: [ \(secret) ] }")).get()
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] {
            #expect(text.contains("redacted"))
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("104, 117, 110"))
        }
        for wrong in [
            "keys: [ hunter2 ], cookie: t", "keys: hunter2, cookie: t", "keys: [ \(secret), \(secret) ], cookie: t",
            "keys: [ \(secret) ], cookie: \"hunter2 x\"", "keys: [ \(secret) ], cookie: { name: t, path: hunter2 }",
            "keys: [ \(secret) ], cookie: { name: t, domain: \"hunter2?\" }", "keys: [ { a: hunter2 } ], cookie: t",
        ] {
            let found = poolComplaint("sticky: { \(wrong) }")
            #expect(found.hasPrefix("6: "))
            #expect(!found.contains("hunter2"))
        }
    }

    @Test func `a pool that hashes may have a cookie, one that rebalances may not`() throws {
        let sticky = "sticky: { cookie: t, keys: [ file:a.key ] }"
        #expect(try pool("balance: hash, hash: { key: host }, \(sticky)", files: Self.files)?.sticky != nil)
        #expect(
            poolComplaint("rebalance: on, \(sticky)", files: Self.files)
                == "6: pools.chat.rebalance: clients with the cookie of `sticky` come back to the same backend; remove `rebalance` or `sticky`"
        )
    }

    @Test func `a cookie for all sites on a route of a listener without TLS is a warning`() throws {
        let tls = "{ name: public, bind: \"127.0.0.1:8443\", tls: { certificates: [ { certificate: a.pem, key: a.key } ] } }"
        func warned(_ cookie: String, route: String = "pool: chat", rest: String = "") throws -> [String] {
            let text = file(
                route: route,
                pool: "backends: [ \"ws://h\" ], sticky: { cookie: { name: t, \(cookie) }, keys: [ file:a.key ] }", rest: rest)
            return try warnings(text.replacing("listeners:\n", with: "listeners:\n  - \(tls)\n"), files: Self.files)
        }
        let message =
            "browsers refuse the cookie of `sticky`, of `same_site: none`, where it comes by the listener `plain` without TLS"
        #expect(try warned("same_site: none") == ["5 routes[0]: \(message)"])
        #expect(try warned("same_site: none", route: "pool: chat, listeners: [ public, plain ]") == ["5 routes[0]: \(message)"])
        #expect(try !warned("same_site: none", route: "pool: chat, listeners: [ public ]").contains { $0.contains(message) })
        #expect(try warned("same_site: none", rest: "trusted_proxies: [ 10.0.0.0/8 ]").isEmpty)
        #expect(try warned("same_site: none, secure: true").isEmpty)
        #expect(try warned("same_site: lax").isEmpty)
    }
}
