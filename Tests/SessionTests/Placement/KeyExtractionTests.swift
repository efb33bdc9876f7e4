import Balancing
import Settings
import Testing
import Wire

@testable import Session

@Suite("The key of a request") struct KeyExtractionTests {
    private func key(
        _ parts: [HashKeyPart], _ lines: [String] = [], start: String = "GET /chat HTTP/1.1", client: String? = nil
    ) throws -> UInt64? {
        let head = try parsedRequest(["Host: Example.com:8080"] + lines, start: start)
        return KeyExtraction(parts).key(of: head, client: client.flatMap { IPAddress($0) })
    }

    /// A key of one part is the hash of its bytes.
    private func hash(_ text: String) -> UInt64 { StableHash.hash(text) }

    @Test func `an IPv4 address counts whole, of IPv6 only the network`() throws {
        #expect(try key([.address], client: "192.0.2.7") != key([.address], client: "192.0.2.8"))
        #expect(try key([.address], client: "::ffff:192.0.2.7") == key([.address], client: "192.0.2.7"))
        #expect(try key([.address], client: "2001:db8:1:2::1") == key([.address], client: "2001:db8:1:2:ffff::9"))
        #expect(try key([.address], client: "2001:db8:1:2::1") != key([.address], client: "2001:db8:1:3::1"))
        #expect(try key([.address]) == nil)
    }

    @Test func `the host counts in the form in which hosts are compared`() throws {
        #expect(try key([.host]) == hash("example.com"))
    }

    @Test func `of several fields of one name the first counts, whatever the case of its name`() throws {
        #expect(try key([.header("x-room")], ["X-ROOM:  blue ", "x-room: red"]) == hash("blue"))
        #expect(try key([.header("x-room")], ["x-rooms: blue"]) == nil)
        #expect(try key([.header("x-room")], ["x-room:"]) == hash(""))
    }

    @Test(arguments: [
        ("room=blue", "blue"), ("a=1; room=blue; room=red", "blue"), ("a=1;room = blue ;b=2", "blue"), ("room=\"b\"", "\"b\""),
        ("room=", ""), ("Room=x; room=y", "y"), ("room=a=b", "a=b"), ("; ;room=blue", "blue"),
    ])
    func `a cookie is found by its name, case kept`(cookie: String, value: String) throws {
        #expect(try key([.cookie("room")], ["Cookie: \(cookie)"]) == hash(value))
    }

    @Test(arguments: ["rooms=blue", "room", "xroom=blue", "", ";", "=room"])
    func `what is no such cookie is missing`(cookie: String) throws {
        #expect(try key([.cookie("room")], ["Cookie: \(cookie)"]) == nil)
    }

    @Test func `a cookie is sought in all its fields`() throws {
        #expect(try key([.cookie("room")], ["Cookie: a=1", "cookie: room=blue"]) == hash("blue"))
    }

    @Test(arguments: [
        ("?room=blue", "blue"), ("?a=1&room=blue&room=red", "blue"), ("?room", ""), ("?room=", ""), ("?&&room=%62lue", "%62lue"),
        ("?room=a=b&c", "a=b"), ("?rooms=1&room=2", "2"),
    ])
    func `a parameter is taken as it was sent`(query: String, value: String) throws {
        #expect(try key([.query("room")], start: "GET /chat\(query) HTTP/1.1") == hash(value))
    }

    @Test(arguments: ["", "?", "?Room=blue", "?%72oom=blue", "?a=room"])
    func `what is no such parameter is missing`(query: String) throws {
        #expect(try key([.query("room")], start: "GET /chat\(query) HTTP/1.1") == nil)
    }

    @Test(arguments: [("/a/b/c", 1, "a"), ("/a/b/c", 3, "c"), ("/a/b/c/", 3, "c"), ("/%62lue", 1, "blue"), ("/a//c", 3, "c")])
    func `a segment is one of the path that is routed`(path: String, number: Int, value: String) throws {
        #expect(try key([.path(number)], start: "GET \(path) HTTP/1.1") == hash(value))
    }

    @Test(arguments: [("/", 1), ("/a", 2), ("/a/", 2), ("/a//c", 2), ("/a", 64)])
    func `a segment that is not there, or is empty, is missing`(path: String, number: Int) throws {
        #expect(try key([.path(number)], start: "GET \(path) HTTP/1.1") == nil)
    }

    @Test func `the first subprotocol that is offered counts`() throws {
        #expect(try key([.subprotocol], ["Sec-WebSocket-Protocol: , chat , super"]) == hash("chat"))
        #expect(try key([.subprotocol]) == nil)
    }

    @Test func `parts do not run into each other, and a missing one counts`() throws {
        let parts: [HashKeyPart] = [.header("a"), .header("b")]
        let whole = try key(parts, ["A: xy", "B: z"])
        #expect(try whole != key(parts, ["A: x", "B: yz"]))
        #expect(try key(parts, ["A: x"]) != key(parts, ["B: x"]))
        #expect(try key(parts, ["A: x"]) != key(parts, ["A: x", "B:"]))
        #expect(try key(parts, ["B: x"]) != nil)
        #expect(try key(parts) == nil)
    }
}
