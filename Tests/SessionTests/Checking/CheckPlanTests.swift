import Support
import Testing

@testable import Session

@Suite struct CheckPlanTests {
    @Test func `a plain request asks for one answer and no more`() throws {
        let plan = try #require(CheckPlan(.http(HTTPCheck(path: "/healthz?x=1", host: "app.internal:8080"))))
        let expected =
            "GET /healthz?x=1 HTTP/1.1\r\nHost: app.internal:8080\r\nUser-Agent: tidegate-check\r\n"
            + "Accept: */*\r\nConnection: close\r\n\r\n"
        #expect(String(decoding: CheckConversation(plan).sent, as: UTF8.self) == expected)
        let post = try #require(CheckPlan(.http(HTTPCheck(method: "POST", host: "a"))))
        #expect(String(decoding: CheckConversation(post).sent, as: UTF8.self).contains("\r\nContent-Length: 0\r\n"))
    }

    @Test func `a handshake has a key of its own`() throws {
        let plan = try #require(CheckPlan(.websocket(WebSocketCheck(path: "/ws", host: "a", subprotocol: "chat"))))
        var random = SeededRandom(seed: 1)
        var requests: Set<[UInt8]> = []
        var keys: [[UInt8]] = []
        for _ in 0..<3 {
            var exchange = CheckExchange(
                plan,
                accept: {
                    keys.append($0)
                    return CheckConversation.accept
                }, using: &random)
            if case .send(let bytes) = exchange.connected() { requests.insert(bytes) }
        }
        #expect(requests.count == 3 && keys.count == 3)
        let key = String(decoding: try #require(keys.last), as: UTF8.self)
        #expect(key.count == 24 && key.hasSuffix("=="))
        let expected =
            "GET /ws HTTP/1.1\r\nHost: a\r\nUser-Agent: tidegate-check\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Key: \(key)\r\n\r\n"
        #expect(requests.contains(Array(expected.utf8)))
    }

    @Test func `the sample key of RFC 6455 1_3 is written as it stands there`() {
        #expect(CheckNonce.base64(0x7468_6520_7361_6D70, 0x6C65_206E_6F6E_6365) == Array("dGhlIHNhbXBsZSBub25jZQ==".utf8))
        #expect(CheckNonce.base64(.max, .max) == Array("/////////////////////w==".utf8))
        #expect(CheckNonce.base64(0xFBEF_BEFB_EFBE_FBEF, 0xBEFB_EFBE_FBEF_BEFB) == Array("+++++++++++++++++++++w==".utf8))
        #expect(CheckNonce.base64(0x0001_0203_0405_0607, 0x0809_0A0B_0C0D_0E0F) == Array("AAECAwQFBgcICQoLDA0ODw==".utf8))
    }

    @Test(arguments: [
        CheckKind.http(HTTPCheck(path: "healthz", host: "a")),
        .http(HTTPCheck(path: "", host: "a")),
        .http(HTTPCheck(path: "/a b", host: "a")),
        .http(HTTPCheck(path: "/\r\nX: y", host: "a")),
        .http(HTTPCheck(path: "/ü", host: "a")),
        .http(HTTPCheck(host: "")),
        .http(HTTPCheck(host: "a\r\nX: y")),
        .http(HTTPCheck(method: "CONNECT", host: "a")),
        .http(HTTPCheck(method: "G T", host: "a")),
        .http(HTTPCheck(method: "", host: "a")),
        .http(HTTPCheck(method: "HEAD", host: "a", body: "ok")),
        .http(HTTPCheck(host: "a", statuses: [])),
        .http(HTTPCheck(host: "a", body: String(repeating: "a", count: 4097))),
        .http(HTTPCheck(path: "/" + String(repeating: "a", count: 4096), host: "a")),
        .websocket(WebSocketCheck(path: "ws", host: "a")),
        .websocket(WebSocketCheck(host: "a", subprotocol: "a, b")),
        .websocket(WebSocketCheck(host: "a", subprotocol: "")),
        .websocket(WebSocketCheck(host: "a", send: String(repeating: "a", count: 4097))),
        .websocket(WebSocketCheck(host: "a", expect: String(repeating: "a", count: 4097))),
    ])
    func `what could not be asked is no plan`(_ kind: CheckKind) {
        #expect(CheckPlan(kind) == nil)
    }

    @Test func `each failure has a label of its own, and only a shortage is ours`() {
        #expect(Set(CheckFailure.allCases.map(\.label.description)).count == CheckFailure.allCases.count)
        #expect(CheckFailure.allCases.filter(\.isOurs) == [.shortage])
    }
}
