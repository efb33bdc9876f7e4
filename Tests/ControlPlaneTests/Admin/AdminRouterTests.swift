import ControlPlane
import Testing

@Suite("What the admin endpoint answers, without sockets")
struct AdminRouterTests {
    private static let loopback = AdminBind.ip(host: "127.0.0.1", port: 9180)
    private static let everywhere = AdminBind.ip(host: "0.0.0.0", port: 9180)
    private static let unix = AdminBind.unix(path: "/run/x")

    private func status(
        _ bind: AdminBind, token: String?, path: String = "/api/v1/x", host: String = "localhost",
        _ change: (inout AdminRequest) -> Void = { _ in }
    ) -> Int {
        let router = AdminRouter(bind: bind, token: token.map { Array($0.utf8) }, source: FakeSource())
        var request = AdminRequest(method: "GET", path: path, hosts: [host])
        change(&request)
        return router.answer(request).status
    }

    @Test("A2: only loopback names pass, with any port or none", arguments: [
        ("localhost", true), ("LocalHost:9180", true), ("127.0.0.1", true), ("127.0.0.1:1", true), ("[::1]", true),
        ("[::1]:65535", true), ("localhost:", true), ("evil.example", false), ("localhost.evil.example", false),
        ("127.0.0.1.evil.example", false), ("localhost:80.evil", false), ("evil@localhost", false), ("", false),
        ("localhost:123456", false), ("::1", false), ("0.0.0.0", false), ("127.0.0.2", false), (" localhost", false),
    ])
    func hosts(_ host: String, _ isAdmitted: Bool) throws {
        let guardian = try #require(HostGuard(Self.loopback))
        #expect(guardian.admits([host]) == isAdmitted)
    }

    @Test("A2: the name it is bound to passes too; no Host or two never do")
    func boundName() throws {
        #expect(try #require(HostGuard(.ip(host: "127.0.0.2", port: 1))).admits(["127.0.0.2:1"]))
        let guardian = try #require(HostGuard(.ip(host: "::1", port: 1)))
        #expect(guardian.admits(["[::1]:1"]))
        #expect(!guardian.admits([]))
        #expect(!guardian.admits(["localhost", "localhost"]))
        #expect(HostGuard(Self.everywhere) == nil)
        #expect(HostGuard(Self.unix) == nil)
    }

    @Test("beyond loopback, health and metrics answer any name", arguments: ["/livez", "/readyz", "/metrics"])
    func beyond(_ path: String) {
        #expect(status(Self.everywhere, token: nil, path: path, host: "proxy.example") == 200)
    }

    @Test("the API beyond loopback does not exist without a token, and asks for it with one")
    func apiBeyond() {
        #expect(status(Self.everywhere, token: nil) == 404)
        #expect(status(Self.everywhere, token: "") == 404)
        #expect(status(Self.everywhere, token: "s3cret") == 401)
        #expect(status(Self.everywhere, token: "s3cret") { $0.authorization = "Bearer wrong!" } == 401)
        #expect(status(Self.everywhere, token: "s3cret") { $0.authorization = "Bearer s3cre" } == 401)
        #expect(status(Self.everywhere, token: "s3cret") { $0.authorization = "Basic s3cret" } == 401)
        #expect(status(Self.everywhere, token: "s3cret") { $0.authorization = "bearer s3cret" } == 404)
        #expect(status(Self.everywhere, token: "s3cret", path: "/api") == 401)
        #expect(status(Self.everywhere, token: "s3cret", path: "/apiary") == 404)
    }

    @Test("on loopback a token is asked for only if there is one; a Unix socket relies on its permissions")
    func apiLocal() {
        #expect(status(Self.loopback, token: nil) == 404)
        #expect(status(Self.loopback, token: "s3cret") == 401)
        #expect(status(Self.unix, token: "s3cret", host: "anything") == 404)
    }

    @Test("A3: what a page of another site sends to the API is refused", arguments: [
        (nil, "cross-site", 403), (nil, "same-site", 403), (nil, "same-origin", 404), (nil, "none", 404),
        ("null", nil, 403), ("http://evil.example", nil, 403), ("http://localhost:9180", nil, 404),
        ("http://localhost:9180.evil.example", nil, 403),
    ] as [(String?, String?, Int)])
    func crossSite(_ origin: String?, _ site: String?, _ expected: Int) {
        let given = status(Self.loopback, token: nil, host: "localhost:9180") {
            $0.origin = origin
            $0.fetchSite = site
        }
        #expect(given == expected)
    }

    @Test("a 401 says how to do better")
    func challenge() {
        let router = AdminRouter(bind: Self.everywhere, token: [1], source: FakeSource())
        let answer = router.answer(AdminRequest(method: "GET", path: "/api", hosts: []))
        #expect(answer.fields.contains { $0.name == "WWW-Authenticate" && $0.value.hasPrefix("Bearer") })
    }
}
