import Testing
import Wire

@Suite("A client's opening handshake")
struct HandshakeRequestTests {
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    private enum Verdict: Equatable {
        case plain, websocket
        case refuse(UInt16, String)
    }

    private static let fields = [
        "Host: a.example", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13",
    ]

    /// The standard handshake without the lines that begin with one of `without`, with `adding` at its end.
    private func examine(
        start: String = "GET /chat HTTP/1.1", without: [String] = [], adding: [String] = []
    ) throws -> UpgradeVerdict {
        let kept = Self.fields.filter { line in !without.contains { line.hasPrefix($0) } }
        let text = ([start] + kept + adding).joined(separator: "\r\n") + "\r\n\r\n"
        return UpgradeRequest.examine(try #require(readRequest(text).head))
    }

    private func verdict(
        start: String = "GET /chat HTTP/1.1", without: [String] = [], adding: [String] = []
    ) throws -> Verdict {
        switch try examine(start: start, without: without, adding: adding) {
        case .notAnUpgrade: .plain
        case .websocket: .websocket
        case .refuse(let status, let reason): .refuse(status, reason.description)
        }
    }

    @Test("a valid handshake is an offer with its key, whatever else it offers")
    func valid() throws {
        let more = [
            "Sec-WebSocket-Protocol: chat, v2", "sec-websocket-protocol: v3", "Sec-WebSocket-Extensions: permessage-deflate",
            "Sec-WebSocket-Kez: AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Versiom: 8",
        ]
        for adding in [[], more] {
            guard case .websocket(let offer) = try examine(adding: adding) else {
                Issue.record("not an offer")
                return
            }
            #expect(Array(offer.key) == Array(Self.key.utf8))
        }
    }

    @Test("names and tokens are read in any case, and in lists")
    func variants() throws {
        #expect(
            try verdict(without: ["Upgrade", "Connection"], adding: ["UPGRADE: WebSocket", "connection: keep-alive, UPGRADE"])
                == .websocket)
        #expect(try verdict(without: ["Upgrade"], adding: ["Upgrade: foo, websocket"]) == .websocket)
        #expect(try verdict(without: ["Connection"], adding: ["Connection: keep-alive", "Connection: upgrade"]) == .websocket)
    }

    @Test("U1: Upgrade without Connection: upgrade, and the reverse, is no upgrade")
    func half() throws {
        #expect(try verdict(without: ["Connection"]) == .plain)
        #expect(try verdict(without: ["Connection"], adding: ["Connection: keep-alive"]) == .plain)
        #expect(try verdict(without: ["Connection"], adding: ["Connection: upgrades"]) == .plain)
        #expect(try verdict(without: ["Upgrade"]) == .plain)
        #expect(try verdict(without: ["Upgrade"], adding: ["Upgrade: websockets"]) == .plain)
        #expect(try verdict(without: ["Upgrade"], adding: ["Upgrade:"]) == .plain)
    }

    @Test("U2: no key, two keys, and a key that is not Base64 of 16 bytes end in 400")
    func keys() throws {
        let refused = Verdict.refuse(400, "websocket_key")
        let name = "Sec-WebSocket-Key"
        #expect(try verdict(without: [name]) == refused)
        #expect(try verdict(adding: ["\(name): \(Self.key)"]) == refused)
        for bad in [
            "", "x", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZXg=",
            "dGhlIHNhbXBsZSBub25jZXh4", "dGhl!HNhbXBsZSBub25jZQ==", "dGhl HNhbXBsZSBub25jZQ==", "dGhl=HNhbXBsZSBub25jZQ==",
            "dGhl-HNhbXBsZSBub25jZ_==",
            Self.key + ", " + Self.key,
        ] {
            #expect(try verdict(without: [name], adding: ["\(name): \(bad)"]) == refused, "\(bad)")
        }
        #expect(try verdict(without: [name], adding: ["\(name): \t\(Self.key) "]) == .websocket)
    }

    @Test("U4: no version, another one, a list, or two lines end in 426")
    func versions() throws {
        let refused = Verdict.refuse(426, "websocket_version")
        let name = "Sec-WebSocket-Version"
        #expect(try verdict(without: [name]) == refused)
        #expect(try verdict(adding: ["\(name): 13"]) == refused)
        for bad in ["12", "14", "8", "13, 8", "13,13", "", "013", "+13", "\"13\""] {
            #expect(try verdict(without: [name], adding: ["\(name): \(bad)"]) == refused, "\(bad)")
        }
        #expect(try verdict(without: [name, "Sec-WebSocket-Key"]) == refused)
    }

    @Test("U5: a method other than GET ends in 405", arguments: ["POST", "HEAD", "OPTIONS", "PUT", "get", "TRACE"])
    func methods(name: String) throws {
        #expect(try verdict(start: "\(name) /chat HTTP/1.1") == .refuse(405, "upgrade_method"))
    }

    @Test("U6: a handshake with a body ends in 400, and a length of 0 is no body")
    func bodies() throws {
        #expect(try verdict(adding: ["Content-Length: 5"]) == .refuse(400, "upgrade_with_body"))
        #expect(try verdict(adding: ["Transfer-Encoding: chunked"]) == .refuse(400, "upgrade_with_body"))
        #expect(try verdict(adding: ["Content-Length: 00"]) == .websocket)
    }

    @Test("U7: in HTTP/1.0 there is no upgrade")
    func http10() throws {
        #expect(try verdict(start: "GET /chat HTTP/1.0") == .plain)
    }

    @Test(
        "U8, U10: h2c and unknown protocols are no upgrade of ours",
        arguments: ["h2c", "foo", "TLS/1.0", "HTTP/2.0", "websocket/13"])
    func otherProtocols(name: String) throws {
        let adding = ["Upgrade: \(name)", "HTTP2-Settings: AAMAAABkAAQAAP__", "Connection: HTTP2-Settings"]
        #expect(try verdict(without: ["Upgrade"], adding: adding) == .plain)
    }

    @Test(
        "H38: a Connection field that names an end-to-end field ends in 400",
        arguments: [
            "Sec-WebSocket-Key", "sec-websocket-version", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Host",
            "content-length", "Transfer-Encoding", "Origin", "COOKIE",
            "Authorization",
        ])
    func nominated(name: String) throws {
        let refused = Verdict.refuse(400, "connection_names_end_to_end_field")
        #expect(try verdict(without: ["Connection"], adding: ["Connection: Upgrade, \(name)"]) == refused)
        #expect(try verdict(adding: ["Connection: \(name)"]) == refused)
    }

    @Test("H37: forwarded and private fields may be named in Connection")
    func allowedNominations() throws {
        #expect(
            try verdict(
                without: ["Connection"], adding: ["Connection: close, X-Forwarded-For, X-Real-IP, Upgrade, keep-alive, X-Mine"])
                == .websocket)
    }

    @Test("U28: 32,000 blanks in a subprotocol and 1,000 extensions are still an upgrade")
    func longLists() throws {
        let blanks = 32_000
        let lines =
            Self.fields + ["Sec-WebSocket-Protocol: b\(String(repeating: " ", count: blanks))x"]
            + Array(repeating: "Sec-WebSocket-Extensions: permessage-deflate", count: 1000)
            + ["Connection: \(String(repeating: " ,", count: blanks / 2))"]
        let bytes = Array(("GET / HTTP/1.1\r\n" + lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        var parser = RequestHeadParser(limits: HeadLimits(maxHead: 256 * 1024, maxHeaders: 2000))
        let head = try #require(try parser.parse(bytes.span))
        var isOffer = false
        if case .websocket = UpgradeRequest.examine(head) { isOffer = true }
        #expect(isOffer)
    }
}
