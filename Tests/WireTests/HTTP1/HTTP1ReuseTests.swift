import Testing
import Wire

@Suite("What may come after a message")
struct HTTP1ReuseTests {
    @Test(
        "a client wants no more requests after close, and after HTTP/1.0",
        arguments: [
            ("1.1", "A: b", false), ("1.1", "Connection: keep-alive", false), ("1.1", "Connection: close", true),
            ("1.1", "connection: Upgrade , CLOSE", true), ("1.1", "Connection: a\r\nConnection: close", true),
            ("1.1", "Connection: closed", false), ("1.1", "X: close", false), ("1.0", "A: b", true),
            ("1.0", "Connection: keep-alive", true),
        ])
    func wantsClose(version: String, line: String, wanted: Bool) {
        #expect(readRequest(request(line, start: "GET / HTTP/\(version)")).head?.wantsClose == wanted)
    }

    @Test(
        "a backend's connection is used again after HTTP/1.1 without close, and never after a 101",
        arguments: [
            ("HTTP/1.1 200 OK", "A: b", true), ("HTTP/1.1 404 x", "Connection: keep-alive", true),
            ("HTTP/1.1 200 OK", "Connection: x, Close", false), ("HTTP/1.0 200 OK", "Connection: keep-alive", false),
            ("HTTP/1.1 101 x", "Connection: upgrade", false), ("HTTP/1.1 200 OK", "Connection:", true),
        ])
    func allowsReuse(start: String, line: String, allowed: Bool) {
        #expect(readResponse("\(start)\r\n\(line)\r\n\r\n").head?.allowsReuse == allowed)
    }

    @Test(
        "the options of all Connection lines are known, whatever stands around them",
        arguments: [
            ("A: b", []), ("Connection:", []), ("Connection: , ,\t,", []), ("Connection: keep-alive", []),
            ("connection: Keep-Alive,CLOSE", .close), ("Connection: Upgrade", .upgrade), ("Connection: ,X-A\t,", .other),
            ("Connection: close\r\nX: y\r\nCONNECTION: keep-alive , upgrade,TE", [.close, .upgrade, .other]),
            ("Connection: closed", .other), ("Connection: clos e", .other), ("Connections: close", []),
        ] as [(String, ConnectionOptions)])
    func options(line: String, expected: ConnectionOptions) {
        #expect(readRequest(request(line)).head?.connection == expected)
        #expect(readResponse("HTTP/1.1 200 OK\r\n\(line)\r\n\r\n").head?.connection == expected)
    }

    @Test("a method goes on as it came, and six of them may be sent twice")
    func methods() {
        let idempotent = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]
        for name in idempotent + ["POST", "PATCH", "get", "CONNECTS", "PROPFIND", "X", "GETS", "M-SEARCHES", "UNSUBSCRIBE"] {
            let method = readRequest(request(start: "\(name) / HTTP/1.1")).head?.method
            #expect(method?.bytes == Array(name.utf8))
            #expect(method?.isIdempotent == idempotent.contains(name), "\(name)")
        }
    }
}
