import Foundation
import Testing

@testable import ControlPlane

@Suite("The admin API about pools, without sockets")
struct PoolAPITests {
    private let desk = FakeDesk()

    private func ask(
        _ method: String, _ path: String, query: String = "", body: String = "", _ change: (inout AdminRequest) -> Void = { _ in }
    ) -> AdminAnswer {
        let router = AdminRouter(bind: .ip(host: "127.0.0.1", port: 1), token: nil, source: FakeSource(), pools: desk)
        var request = AdminRequest(method: method, path: path, hosts: ["localhost"])
        request.query = query
        request.body = Array(body.utf8)
        change(&request)
        return router.answer(request)
    }

    private func object(_ answer: AdminAnswer) throws -> NSDictionary {
        #expect(answer.contentType == "application/json")
        return try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? NSDictionary)
    }

    @Test("all pools, and one of them, in JSON")
    func reading() throws {
        let pools = try #require(try object(ask("GET", "/api/v1/pools"))["pools"] as? [NSDictionary])
        #expect(pools.map { $0["name"] as? String } == ["main", "a b"])
        let pool = try object(ask("GET", "/api/v1/pools/a%20b"))
        let backend = try #require((pool["backends"] as? [NSDictionary])?.first)
        #expect(backend["backend"] as? String == FakeDesk.label)
        #expect(backend["last_failure"] as? String == "body: \"x\"")
        #expect(backend["draining"] as? NSDictionary == ["total": 5, "left": 3, "since_seconds": 0.25])
        #expect(backend["backup"] as? Bool == true)
        #expect(backend["probation"] as? Bool == false)
        #expect(backend["slow_start_ratio"] as? Double == 0.25)
        #expect(ask("GET", "/api/v1/pools/nobody").status == 404)
    }

    @Test("a state is set by the query, by a form or by JSON", arguments: [
        ("state=drain", ""), ("", "state=drain"), ("", "{\"state\": \"drain\"}\n"),
    ])
    func state(_ query: String, _ body: String) throws {
        let answer = ask("POST", "/api/v1/pools/main/backends/unix:%2frun%2Fa%20b.sock/state", query: query, body: body)
        #expect(answer.status == 200)
        #expect(try object(answer)["backend"] as? String == FakeDesk.label)
        #expect(desk.words == ["main unix:/run/a b.sock drain"])
    }

    @Test("a state that is none changes nothing", arguments: ["state=", "state=DRAIN", "state=ready&x=1", "drain", "", "states=ready"])
    func noState(_ query: String) throws {
        let answer = ask("POST", "/api/v1/pools/main/backends/unix:%2frun%2Fa%20b.sock/state", query: query)
        #expect(answer.status == 400)
        #expect(try object(answer)["error"] is String)
        #expect(desk.words == [])
    }

    @Test("rebalancing is begun, refused, or for nobody", arguments: [("main", 202), ("a%20b", 409), ("x", 404)])
    func rebalance(_ pool: String, _ status: Int) {
        #expect(ask("POST", "/api/v1/pools/\(pool)/rebalance").status == status)
    }

    @Test("rebalancing goes by the pool's rules unless the call says otherwise", arguments: [
        ("", "", "main 5 1200 10.0 seconds"), ("share=20", "", "main 20 1200 10.0 seconds"), ("share=20%", "", "main 20 1200 10.0 seconds"),
        ("share=20%25&interval=1m&threshold=1.05", "", "main 20 1050 60.0 seconds"), ("", "interval=2s", "main 5 1200 2.0 seconds"),
        ("", "{\"share\": 100, \"interval\": \"1s\"}", "main 100 1200 1.0 seconds"),
    ])
    func pace(_ query: String, _ body: String, _ expected: String) {
        #expect(ask("POST", "/api/v1/pools/main/rebalance", query: query, body: body).status == 202)
        #expect(desk.words == ["rebalance \(expected)"])
    }

    @Test("a pace that is none begins nothing, and what is wrong is said", arguments: [
        ("share=0", "share"), ("share=101", "1 to 100"), ("share=", "share"), ("share=%", "share"), ("share=-5", "share"),
        ("interval=10", "unit"), ("interval=10ms", "1s to 1h"), ("threshold=1", "1.01 to 100"), ("pace=5", "there is no `pace`"),
        ("share", "NAME=VALUE"),
    ])
    func noPace(_ query: String, _ remedy: String) throws {
        let answer = ask("POST", "/api/v1/pools/main/rebalance", query: query)
        #expect(answer.status == 400)
        #expect(try #require(try object(answer)["error"] as? String).contains(remedy))
        #expect(desk.words == [])
    }

    @Test("rebalancing is cancelled, was not begun, or nobody's", arguments: [("main", 200), ("a%20b", 404), ("x", 404)])
    func cancel(_ pool: String, _ status: Int) {
        #expect(ask("DELETE", "/api/v1/pools/\(pool)/rebalance").status == status)
        #expect(desk.words.count == 1 && desk.words[0].hasPrefix("cancel "))
    }

    @Test("what is no path of the API is 404, a broken one 400, a wrong method 405 with what is allowed", arguments: [
        ("GET", "/api", 404), ("GET", "/api/v1", 404), ("GET", "/api/v2/pools", 404), ("GET", "/api/v1/pools/main/x", 404),
        ("POST", "/api/v1/pools/main/backends/x/stat", 404), ("GET", "/api/v1/pools/%zz", 400), ("GET", "/api/v1/pools/%00", 400),
        ("GET", "/api/v1/pools/%ff", 400), ("GET", "/api/v1/pools/%4", 400), ("POST", "/api/v1/pools", 405),
        ("DELETE", "/api/v1/pools/main", 405), ("GET", "/api/v1/pools/main/rebalance", 405),
        ("GET", "/api/v1/pools/main/backends/x/state", 405), ("POST", "/api/v1/pools/main/backends/x/state?", 404),
    ])
    func refusals(_ method: String, _ path: String, _ status: Int) throws {
        let answer = ask(method, path)
        #expect(answer.status == status)
        #expect(try object(answer)["error"] is String)
        #expect((status == 405) == answer.fields.contains { $0.name == "Allow" })
        #expect(desk.words == [])
    }

    @Test("a page of another site sets no state")
    func crossSite() {
        let answer = ask("POST", "/api/v1/pools/main/rebalance") { $0.origin = "http://evil.example" }
        #expect(answer.status == 403)
        #expect(desk.words == [])
    }

    @Test("names are written so that JSON stays JSON, whatever is in them")
    func escaping() throws {
        var text = JSONText()
        text.object { text in
            text.member("a", "\"\\\n\u{2028}é")
            text.member("b", Double.infinity)
            text.member("c") { $0.array([1, 2]) { text, number in text.object { $0.member("n", number) } } }
            text.member("d") { $0.array([Int]()) { _, _ in } }
        }
        let read = try #require(try JSONSerialization.jsonObject(with: Data(text.bytes)) as? NSDictionary)
        #expect(read["a"] as? String == "\"\\\n\u{2028}é")
        #expect(read["b"] is NSNull)
        #expect(read["c"] as? [NSDictionary] == [["n": 1], ["n": 2]])
        #expect((read["d"] as? [Any])?.isEmpty == true)
    }
}
