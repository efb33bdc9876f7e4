import Testing
import Wire

@Suite("The Host field")
struct HTTP1HostTests {
    @Test(
        "a good host is compared in lower case without port and trailing dot",
        arguments: [
            ("a", "a", nil), ("Chat.Example", "chat.example", nil), ("a.example.", "a.example", nil),
            ("a.example:", "a.example", nil),
            ("my_service:8080", "my_service", 8080), ("192.0.2.1:1", "192.0.2.1", 1), ("a:65535", "a", 65535),
            ("a:00080", "a", 80),
            ("[::1]", "[::1]", nil), ("[2001:DB8::1]:8080", "[2001:db8::1]", 8080),
            ("[::ffff:192.0.2.1]", "[::ffff:192.0.2.1]", nil),
        ] as [(String, String, UInt16?)])
    func good(value: String, host: String, port: UInt16?) {
        let head = readRequest(request(host: value)).head
        #expect(head?.host?.text == host)
        #expect(head.map { Array($0.hostBytes) } == Array(host.utf8))
        #expect(head?.port == port)
    }

    @Test(
        "H31: a Host that names no host, or more than one, ends in 400",
        arguments: [
            "", "a, b", "a,b", "a/b", "u@a", "a b", "a#b", "a?b", "a:0", "a:65536", "a:1.2", "a:1:2", "a:-1", "a:+1", "a:8080x",
            "a:000080", ":80",
            ".", "..", "a..b", ".a", "a..", "%61", "a\"", "a\\b", "[::1", "::1", "[::1]x", "[::1]x:80", "[]", "[1.2.3.4]",
            "[::1%25lo]", "[v1.a]", "[:::]",
            "a\tb", "\u{E9}.example", "http://a", "[::1]:0", "]", "a]:80",
        ])
    func bad(value: String) {
        let outcome = readRequest(request(host: value))
        #expect(outcome.refusal == .badHost)
        #expect(outcome.refusal?.status == 400)
    }

    @Test("H31: HTTP/1.1 without Host ends in 400, HTTP/1.0 without one has no host")
    func missing() {
        #expect(readRequest(request(host: nil)).refusal == .badHost)
        let old = readRequest(request(start: "GET / HTTP/1.0", host: nil)).head
        #expect(old != nil && old?.host == nil && old?.hostBytes.isEmpty == true)
    }

    @Test("H31: two Host lines end in 400, even if equal, in either version", arguments: ["HTTP/1.1", "HTTP/1.0"])
    func twice(version: String) {
        #expect(readRequest(request("Host: a.example", start: "GET / \(version)")).refusal == .badHost)
        #expect(readRequest(request("hOST: b", start: "GET / \(version)")).refusal == .badHost)
    }

    @Test("a host of 253 bytes is taken and one of 254 is not")
    func length() {
        let label = String(repeating: "a", count: 62) + "."
        let long = String(repeating: label, count: 4) + "b"
        #expect(readRequest(request(host: long)).head?.host?.bytes.count == 253)
        #expect(readRequest(request(host: long + "c")).refusal == .badHost)
    }
}
