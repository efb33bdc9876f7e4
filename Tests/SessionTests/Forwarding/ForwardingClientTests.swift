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
    ])
    func `H39: the client is the rightmost address that is no proxy of ours`(lines: [String], expected: String) throws {
        let head = try parsedRequest(["Host: a.test"] + lines.map { "X-Forwarded-For: \($0)" })
        #expect(ForwardedClient.address(in: head, trusted: Self.trusted)?.description == expected)
    }

    @Test(arguments: [[], ["10.0.0.1, 10.0.0.2"], ["198.51.100.4, unknown"], ["198.51.100.4, 10.0.0.1:443"]])
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
}
