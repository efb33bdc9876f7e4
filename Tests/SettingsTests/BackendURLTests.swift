import Testing

@testable import Settings

@Suite struct BackendURLTests {
    @Test(
        arguments: [
            ("ws://127.0.0.1:9001", .ws, "127.0.0.1", 9001), ("ws://h", .ws, "h", 80), ("http://h", .http, "h", 80),
            ("wss://h", .wss, "h", 443), ("https://h", .https, "h", 443), ("wss://h:80", .wss, "h", 80),
            ("http://h:443/", .http, "h", 443), ("HTTPS://Api.Example.Com", .https, "api.example.com", 443),
            ("WS://Host.Internal:8080/", .ws, "host.internal", 8080), ("wss://[::1]", .wss, "::1", 443),
            ("ws://[::1]:9001", .ws, "::1", 9001), ("ws://[2001:DB8:0::1]", .ws, "2001:db8::1", 80),
            ("ws://chat_1:65535", .ws, "chat_1", 65535),
            ("ws://h.example.:1", .ws, "h.example.", 1), ("ws://1a.2b:1", .ws, "1a.2b", 1),
        ] as [(String, BackendSettings.Scheme, String, UInt16)])
    func `a backend's URL is a scheme, a host and a port`(
        text: String, scheme: BackendSettings.Scheme, host: String, port: UInt16
    ) throws {
        let url = try BackendURL(parsing: text, besides: "t.yaml")
        #expect(url.scheme == scheme)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.unixPath == nil)
    }

    @Test(arguments: [
        ("unix:/run/app.sock", "/run/app.sock"), ("unix:app.sock", "/etc/tidegate/app.sock"),
        ("unix:../a b", "/etc/tidegate/../a b"),
        ("unix:/" + String(repeating: "x", count: 106), "/" + String(repeating: "x", count: 106)),
    ])
    func `a Unix socket is a path, relative to the file`(text: String, path: String) throws {
        let url = try BackendURL(parsing: text, besides: "/etc/tidegate/t.yaml")
        #expect(url.unixPath == path)
        #expect(!url.scheme.isEncrypted)
        #expect(url.host.isEmpty)
        #expect(url.port == 0)
    }

    @Test(arguments: [
        ("tcp://h:1", "the scheme of a backend is ws, http, wss or https"), ("ftp://h", "the scheme of a backend"),
        ("unix:", "a file name is missing"), ("unix:@x", "abstract"), ("unix:///run/x", "write unix:/run/x"),
        ("unix:/a\u{0}b", "control characters"), ("unix:/" + String(repeating: "x", count: 107), "at most 107 bytes"),
        ("unix+tls:/run/x", "is no URL"),
        ("h:9001", "is no URL"), ("ws:h", "is no URL"), ("ws://", "is no host name"), ("ws://:80", "is no host name"),
        ("ws://h:", "no port"), ("ws://h:0", "no port"), ("wss://h:65536", "no port"),
        ("ws://h:80:80", "no host and port"),
        ("ws://h/ws", "the path comes from the request; write ws://h; routes have `replace_path`"),
        ("https://h/v1", "write https://h;"), ("ws://h//", "the path comes from the request"),
        ("ws://h?a", "a query or fragment"), ("ws://h#a", "a query or fragment"),
        ("wss://u:p@h", "a user name does not belong in a backend's URL; write wss://HOST:PORT alone"),
        ("ws://::1:80", "in brackets"), ("ws://[::1", "no host and port"), ("ws://[h]:80", "no IPv6 address"),
        ("ws://[127.0.0.1]:80", "no IPv6 address"), ("ws://[127.0.0.1%lo]:80", "no IPv6 address"),
        ("ws://127.1:80", "is no IPv4 address"),
        ("ws://010.0.0.1:80", "is no IPv4 address"), ("https://256.1.1.1", "is no IPv4 address"),
        ("ws://a..b", "is no host name"),
        ("ws://a b", "is no host name"), ("ws://bücher", "is no host name"), ("ws://a\nb", "is no host name"),
    ])
    func `what is no backend's URL is refused with a remedy`(text: String, message: String) {
        let problem = #expect(throws: TextProblem.self) { try BackendURL(parsing: text, besides: "t.yaml") }
        #expect(problem.map { "\($0.message); \($0.remedy)" }?.contains(message) == true)
        #expect(problem?.remedy.isEmpty == false)
    }

    @Test(arguments: [
        "wss://me:hunter2@h", "me:hunter2@h", "hunter2@h", "127.0.0.1?key=hunter2", "127.0.0.1:80?key=hunter2", "h#hunter2",
        "h:hunter2", "ws:me:hunter2@h", "ws://me:hunter2", "ws://me:hunter2:80", "ws://me:hunter2/x", "ws://[hunter2 ]",
        "ws://Bearer hunter2", "Bearer hunter2", "ws://h=hunter2", "h/hunter2", "tcp://me:hunter2@h", "unix://me:hunter2@h",
        "ws://h/hunter2", "unix+tls:hunter2", "ws://me%40hunter2", "ws://[::1]hunter2",
    ])
    func `a refused URL shows no password, wherever it stands`(text: String) {
        let problem = #expect(throws: TextProblem.self) { try BackendURL(parsing: text, besides: "t.yaml") }
        #expect(problem.map { "\($0)".contains("hunter2") } == false)
    }

    @Test(arguments: [
        ("h:9001", "`h:9001` is no URL"), ("chat-1.internal", "`chat-1.internal` is no URL"), ("::1", "`::1` is no URL"),
        ("[::ffff:127.0.0.1]:80", "`[::ffff:127.0.0.1]:80` is no URL"), ("ws://h:80:80", "`h:80:80` is no host and port"),
        ("ws://h:65536", "`65536` is no port"), ("ws://a..b", "`a..b` is no host name"),
    ])
    func `a refused URL without a place for a password is shown`(text: String, message: String) {
        let problem = #expect(throws: TextProblem.self) { try BackendURL(parsing: text, besides: "t.yaml") }
        #expect(problem?.message == message)
    }
}
