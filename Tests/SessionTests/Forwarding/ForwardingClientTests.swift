import Session
import Testing
import Wire

@Suite struct ForwardingClientTests {
    private static let trusted = ["10.0.0.0/8", "fd00::/8"].compactMap { CIDR($0) }

    @Test(arguments: [
        (["198.51.100.4"], "198.51.100.4"),
        (["6.6.6.6, 198.51.100.4"], "198.51.100.4"),
        (["6.6.6.6, 198.51.100.4, 10.1.2.3"], "198.51.100.4"),
        (["6.6.6.6", "198.51.100.4 , fd00::1,10.1.2.3"], "198.51.100.4"),
        (["2001:db8::9"], "2001:db8::9"),
        (["198.51.100.4, 10.0.0.1:443"], "198.51.100.4"),
    ])
    func `H39: the client is the rightmost address that is no proxy of ours`(lines: [String], expected: String) throws {
        let head = try parsedRequest(["Host: a.test"] + lines.map { "X-Forwarded-For: \($0)" })
        #expect(ForwardedClient.address(in: head, trusted: Self.trusted)?.description == expected)
    }

    @Test(arguments: [[], ["10.0.0.1, 10.0.0.2"], ["198.51.100.4, unknown"], ["198.51.100.4, 10.0.0.1:443x"]])
    func `H39: where the list ends in something else, nobody is named`(lines: [String]) throws {
        let head = try parsedRequest(["Host: a.test"] + lines.map { "X-Forwarded-For: \($0)" })
        #expect(ForwardedClient.address(in: head, trusted: Self.trusted) == nil)
    }

    @Test func `the client behind a trusted proxy becomes X-Real-IP, and the port it names is passed on`() throws {
        let head = try parsedRequest([
            "Host: a.test", "Connection: Upgrade", "Upgrade: websocket", "X-Forwarded-For: 198.51.100.4", "X-Forwarded-Port: 443",
        ])
        var context = ForwardingContext.plain(trusted: true)
        context.realAddress = "198.51.100.4"
        let lines = headLines(RequestForwarding.upgrade(head, context: context))
        #expect(lines.contains("X-Real-IP: 198.51.100.4"))
        #expect(lines.contains("X-Forwarded-For: 198.51.100.4, 192.0.2.7"))
        #expect(lines.contains("X-Forwarded-Port: 443"))
    }

    @Test func `H39: an X-Real-IP that a trusted proxy only passed on gives way to whom its list names`() throws {
        let head = try parsedRequest(["Host: a.test", "X-Real-IP: 127.0.0.1", "X-Forwarded-For: 198.51.100.4"])
        var context = ForwardingContext.plain(trusted: true)
        context.realAddress = ForwardedClient.address(in: head, trusted: Self.trusted)?.description
        for bytes in [RequestForwarding.plain(head, context: context), RequestForwarding.upgrade(head, context: context)] {
            #expect(headValues("X-Real-IP", headLines(bytes)) == ["198.51.100.4"])
        }
        context.realAddress = nil
        #expect(headValues("X-Real-IP", headLines(RequestForwarding.plain(head, context: context))) == ["192.0.2.7"])
        let bare = try parsedRequest(["Host: a.test", "X-Real-IP: 198.51.100.4"])
        #expect(headValues("X-Real-IP", headLines(RequestForwarding.plain(bare, context: context))) == ["198.51.100.4"])
    }

    /// What backends believe of a proxy that never wrote it.
    private static let claims = [
        "X-Forwarded-Prefix: /admin", "x-forwarded-ssl: on", "X-FORWARDED-User: root", "X-Forwarded-Server: a",
        "X-Forwarded-Scheme: https", "X-Forwarded-By: a", "X-Forwarded-Client-Cert: a", "X-Forwarded-: a", "X-Forwarded-A: a",
        "X-Forwarded-AB: a", "X-Forwarded-ABC: a", "X-Original-URL: /admin", "x-rewrite-url: /admin", "X-Original-Host: a",
        "Front-End-Https: on", "X-Client-IP: 127.0.0.1", "True-Client-IP: 127.0.0.1",
    ]

    @Test(arguments: claims)
    func `H39: what else tells of the client or its request passes from a trusted peer alone`(line: String) throws {
        let head = try parsedRequest(["Host: a.test", "Connection: Upgrade", "Upgrade: websocket", line])
        for trusted in [true, false] {
            let context = ForwardingContext.plain(trusted: trusted)
            for bytes in [RequestForwarding.plain(head, context: context), RequestForwarding.upgrade(head, context: context)] {
                #expect(headLines(bytes).contains(line) == trusted)
            }
        }
    }

    @Test func `names that only resemble those pass from anybody, and one with an underscore from nobody`() throws {
        let kept = ["X-Forwarded: a", "X-Original-URLs: a", "X-Client-IPs: a", "Front-End-Http: a", "True-Client-I: a"]
        let head = try parsedRequest(["Host: a.test", "X-Forwarded-User_Name: root", "X_Forwarded-User: root"] + kept)
        let stranger = headLines(RequestForwarding.plain(head, context: .plain()))
        for line in kept { #expect(stranger.contains(line), "\(line)") }
        for trusted in [true, false] {
            let lines = headLines(RequestForwarding.plain(head, context: .plain(trusted: trusted)))
            #expect(!lines.contains { $0.hasSuffix(": root") })
        }
    }

    @Test func `a rule may bring what a stranger may not`() throws {
        let head = try parsedRequest(["Host: a.test", "X-Forwarded-Prefix: /theirs"])
        let rewriting = RequestRewriting(edits: [edits(add: ["X-Forwarded-Prefix: /ours"])])
        let lines = headLines(RequestForwarding.plain(head, context: .plain(), rewriting: rewriting))
        #expect(headValues("X-Forwarded-Prefix", lines) == ["/ours"])
    }

    @Test(arguments: [
        ("203.0.113.9:4711", "203.0.113.9"), ("[2001:db8::9]:4711", "2001:db8::9"), ("[2001:db8::9]", "2001:db8::9"),
        ("unknown", nil), ("_hidden", nil), ("203.0.113.9:", nil), ("[2001:db8::9", nil), ("203.0.113.9:123456", nil),
    ])
    func `H39: the last one in the list may have a port, and when it makes no sense nobody's word is taken for it`(
        last: String, expected: String?
    ) throws {
        let head = try parsedRequest(["Host: a.test", "X-Real-IP: 6.6.6.6", "X-Forwarded-For: 6.6.6.6, \(last)"])
        let found = ForwardedClient.address(in: head, trusted: [])?.description
        #expect(found == expected)
        var context = ForwardingContext.plain(trusted: true)
        context.realAddress = found
        let lines = headLines(RequestForwarding.plain(head, context: context))
        #expect(headValues("X-Real-IP", lines) == [expected ?? String(decoding: context.clientAddress, as: UTF8.self)])
    }
}
