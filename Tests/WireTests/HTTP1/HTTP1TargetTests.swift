import Testing
import Wire

@Suite("Targets and their paths")
struct HTTP1TargetTests {
    private func target(_ text: String, method: String = "GET") -> RequestOutcome {
        readRequest(request(start: "\(method) \(text) HTTP/1.1"))
    }

    private func path(_ text: String) -> String? {
        target(text).head.map { String(decoding: $0.target.path, as: UTF8.self) }
    }

    @Test(
        "H35: a path is compared and forwarded in one form",
        arguments: [
            ("/", "/"), ("/a/b", "/a/b"), ("//admin", "//admin"), ("/a//b/", "/a//b/"),
            ("/%7Eann", "/~ann"), ("/%61%2D%5f%39", "/a-_9"), ("/a%2fb", "/a%2Fb"), ("/%2fadmin", "/%2Fadmin"),
            ("/caf%c3%a9", "/caf%C3%A9"), ("/a%20b", "/a%20b"), ("/%25%32e", "/%252e"), ("/%252e%252e/x", "/%252e%252e/x"),
            ("/...", "/..."), ("/.a", "/.a"), ("/a.", "/a."), ("/a..b", "/a..b"), ("/..a;b", "/..a;b"), ("/a;..", "/a;.."),
            ("/a;x=1/b", "/a;x=1/b"), ("/a:@!$&'()*+,=~|^", "/a:@!$&'()*+,=~|^"),
        ])
    func normalised(raw: String, form: String) {
        #expect(path(raw) == form)
    }

    @Test(
        "H35: a dot segment ends in 400, however it is written",
        arguments: [
            "/a/../admin", "/..", "/.", "/./a", "/a/.", "/a/..", "/a/%2e%2e/admin", "/a/.%2E/admin", "/%2e", "/a/..;/admin",
            "/a/..;x=1",
            "/a/.;/b", "/a/%2e%2e%3b/b", "/a/..%3Bx", "/admin%2f..", "/a%2f..%2fadmin", "/a/..%2fadmin", "/a%2F.",
            "/%2e%2e%2fadmin",
        ])
    func dotSegments(raw: String) {
        #expect(target(raw).refusal == .badPath)
        #expect(target(raw + "?q").refusal == .badPath)
    }

    @Test(
        "H35: escaped control bytes, backslashes, fragments and broken escapes end in 400",
        arguments: [
            "/admin%00", "/a%0d%0aX:%20y", "/a%1f", "/a%7F", "/a%5cb", "/a%5Cb", "/a\\b", "\\admin", "/a%", "/a%4", "/a%zz",
            "/a%4g",
            "/a%+1", "/a#b", "/a?b#c", "admin", "",
        ])
    func refused(raw: String) {
        #expect(target(raw).refusal?.status == 400)
    }

    @Test(
        "H35: raw control bytes and bytes past ASCII in a target end in 400",
        arguments: [0x00, 0x01, 0x09, 0x0B, 0x1F, 0x7F, 0x80, 0xA0, 0xFF])
    func rawBytes(byte: Int) {
        for place in ["/a", "/a?b"] {
            let bytes =
                Array("GET \(place)".utf8) + [UInt8(truncatingIfNeeded: byte)] + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
            #expect(readRequest(bytes).refusal?.status == 400)
        }
    }

    @Test("the query passes byte for byte, and the first question mark begins it")
    func query() {
        let head = target("/a%2d?%2e%2e/..%zz?\\;%00").head
        #expect(head?.target.path == Array("/a-".utf8))
        #expect(head?.target.query == Array("%2e%2e/..%zz?\\;%00".utf8))
        #expect(head?.target.originForm == Array("/a-?%2e%2e/..%zz?\\;%00".utf8))
        #expect(target("/a?").head?.target.query == [])
        #expect(target("/a").head?.target.query == nil)
    }

    @Test("an asterisk is for OPTIONS alone")
    func asterisk() {
        #expect(target("*", method: "OPTIONS").head?.target.form == .asterisk)
        #expect(target("*").refusal == .badTarget)
        #expect(target("*/a", method: "OPTIONS").refusal == .badTarget)
    }

    @Test("H32: an absolute target that agrees with Host is read as its path")
    func absolute() {
        for (text, host) in [
            ("http://a.example/x?y", "a.example"), ("HTTP://A.Example./x?y", "a.example"),
            ("http://a.example:80/x?y", "A.EXAMPLE"),
            ("https://a.example/x?y", "a.example:443"), ("http://[::1]:81/x?y", "[::1]:81"),
        ] {
            let head = readRequest(request(start: "GET \(text) HTTP/1.1", host: host)).head
            #expect(head?.target.form == .absolute)
            #expect(head?.target.originForm == Array("/x?y".utf8))
        }
        #expect(readRequest(request(start: "GET http://a.example HTTP/1.1")).head?.target.path == Array("/".utf8))
        #expect(readRequest(request(start: "GET http://a.example?q HTTP/1.1")).head?.target.originForm == Array("/?q".utf8))
    }

    @Test(
        "H32: an absolute target whose host or port differs from Host ends in 400",
        arguments: ["http://other.example/", "http://a.example:81/", "https://a.example:80/"])
    func mismatch(text: String) {
        #expect(target(text).refusal == .hostMismatch)
        #expect(target(text).refusal?.status == 400)
    }

    @Test(
        "absolute targets with another scheme, userinfo or no host end in 400",
        arguments: [
            "ftp://a.example/", "http://", "http:///x", "http://u@a.example/", "http:/a.example/", "a.example:443",
            "http://a.example:0/", "http://a.example/../x",
        ])
    func badAbsolute(text: String) {
        #expect(target(text).refusal?.status == 400)
    }

    @Test("in HTTP/1.0 without Host, the absolute target names the host")
    func absoluteOfHTTP10() {
        let head = readRequest(request(start: "GET http://B.example:81/ HTTP/1.0", host: nil)).head
        #expect(head?.host?.text == "b.example")
        #expect(head?.port == 81)
    }
}
