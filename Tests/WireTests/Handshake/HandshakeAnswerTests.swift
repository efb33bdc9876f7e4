import Testing
import Wire

@Suite("A backend's answer to the handshake")
struct HandshakeAnswerTests {
    /// The accept value of RFC 6455 1.3.
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    private static let fields = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: \(accept)"]

    private func head(start: String, without: [String] = [], adding: [String] = []) throws -> ResponseHead {
        let kept = Self.fields.filter { line in !without.contains { line.hasPrefix($0) } }
        let text = ([start] + kept + adding).joined(separator: "\r\n") + "\r\n\r\n"
        return try #require(readResponse(text).head)
    }

    private func verdict(
        start: String = "HTTP/1.1 101 Switching Protocols", without: [String] = [], adding: [String] = []
    ) throws -> String {
        switch UpgradeAnswer.examine(
            try head(start: start, without: without, adding: adding), expectedAccept: Array(Self.accept.utf8))
        {
        case .accepted: "accepted"
        case .refused: "refused"
        case .interim: "interim"
        case .invalid(let reason): reason.description
        }
    }

    @Test("a valid 101 is accepted, with what the backend chose")
    func accepted() throws {
        let head = try head(
            start: "HTTP/1.1 101 x",
            adding: [
                "Sec-WebSocket-Protocoz: v1", "Sec-WebSocket-Protocol: v2", "Sec-WebSocket-Protocol: v3", "Sec-WebSocket-Accepz: x",
                "Sec-WebSocket-Extensions: permessage-deflate",
            ])
        guard
            case .accepted(let subprotocol, let extensions) = UpgradeAnswer.examine(head, expectedAccept: Array(Self.accept.utf8))
        else {
            Issue.record("not accepted")
            return
        }
        #expect(subprotocol.map(Array.init) == Array("v2".utf8))
        #expect(extensions)
        #expect(try verdict() == "accepted")
        #expect(
            try verdict(without: ["Upgrade", "Connection"], adding: ["upgrade: WebSocket", "connection: keep-alive, upgrade"])
                == "accepted")
    }

    @Test(
        "U11, U12: a final answer that is no 101 is a refusal, whatever its fields say",
        arguments: [200, 204, 301, 302, 401, 403, 404, 426, 429, 500, 503])
    func refused(status: Int) throws {
        #expect(try verdict(start: "HTTP/1.1 \(status) x") == "refused")
        #expect(try verdict(start: "HTTP/1.1 \(status) x", without: ["Upgrade", "Connection", "Sec"]) == "refused")
    }

    @Test("U18: 100, 102 and 103 before the 101 are interim, even if they carry a handshake", arguments: [100, 102, 103, 110])
    func interim(status: Int) throws {
        #expect(try verdict(start: "HTTP/1.1 \(status) x") == "interim")
    }

    @Test("U13: a 101 without Upgrade or Connection, or with another protocol, is invalid")
    func wrongSwitch() throws {
        #expect(try verdict(without: ["Upgrade"]) == "switch_upgrade")
        #expect(try verdict(without: ["Upgrade"], adding: ["Upgrade: h2c"]) == "switch_upgrade")
        #expect(try verdict(without: ["Upgrade"], adding: ["Upgrade: websocket, h2c"]) == "switch_upgrade")
        #expect(try verdict(adding: ["Upgrade: websocket"]) == "switch_upgrade")
        #expect(try verdict(without: ["Connection"]) == "switch_connection")
        #expect(try verdict(without: ["Connection"], adding: ["Connection: close"]) == "switch_connection")
        #expect(try verdict(start: "HTTP/1.0 101 x") == "switch_version")
    }

    @Test("U14: a 101 without the accept value, with a wrong one, or with two is invalid")
    func wrongAccept() throws {
        let name = "Sec-WebSocket-Accept"
        #expect(try verdict(without: [name]) == "switch_accept")
        #expect(try verdict(adding: ["\(name): \(Self.accept)"]) == "switch_accept")
        for bad in [
            "", "x", String(Self.accept.dropLast()), Self.accept + "=", Self.accept.lowercased(), "AAAAAMBiTxaQ9kYGzzhZRbK+xOo=",
        ] {
            #expect(try verdict(without: [name], adding: ["\(name): \(bad)"]) == "switch_accept", "\(bad)")
        }
    }

    @Test("fields with names of the same length as those of a handshake are none of it")
    func decoys() throws {
        let adding = ["Sec-WebSocket-Extensionz: y", "Sec-WebSocket-Protocoz: q", "Sec-WebSocket-Accepz: \(Self.accept)"]
        guard
            case .accepted(let subprotocol, let extensions) = UpgradeAnswer.examine(
                try head(start: "HTTP/1.1 101 x", adding: adding), expectedAccept: Array(Self.accept.utf8))
        else {
            Issue.record("not accepted")
            return
        }
        #expect(subprotocol == nil && !extensions)
        #expect(try verdict(without: ["Sec-WebSocket-Accept"], adding: adding) == "switch_accept")
    }

    @Test("where nothing is known that would prove a 101, none is proven, an empty field least of all")
    func nothingExpected() throws {
        for adding in [[], ["Sec-WebSocket-Accept:"]] {
            let head = try head(start: "HTTP/1.1 101 x", without: ["Sec-WebSocket-Accept"], adding: adding)
            guard case .invalid(let reason) = UpgradeAnswer.examine(head, expectedAccept: []) else {
                Issue.record("not refused")
                continue
            }
            #expect(reason.description == "switch_accept")
        }
    }

    @Test("U16: a subprotocol or extension nobody offered passes, also on two lines")
    func unoffered() throws {
        let adding = ["Sec-WebSocket-Protocol: other", "Sec-WebSocket-Extensions: x", "Sec-WebSocket-Extensions: y"]
        #expect(try verdict(adding: adding) == "accepted")
    }

    @Test("a 101 that declares a body is invalid; an empty one is not")
    func body() throws {
        #expect(try verdict(adding: ["Content-Length: 5"]) == "switch_with_body")
        #expect(try verdict(adding: ["Transfer-Encoding: chunked"]) == "switch_with_body")
        #expect(try verdict(adding: ["Content-Length: 0"]) == "accepted")
    }

    @Test("U18: the tunnel's first bytes begin right behind the 101, wherever the answer is cut")
    func gluedFrames() {
        let text = "HTTP/1.1 101 x\r\n" + Self.fields.joined(separator: "\r\n") + "\r\n\r\n"
        let outcome = readResponse(Array(text.utf8) + [0x81, 0x02, 0x68, 0x69])
        #expect(outcome.head?.length == text.utf8.count)
    }
}
