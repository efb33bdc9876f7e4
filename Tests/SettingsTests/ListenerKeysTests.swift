import Testing

@testable import Settings

@Suite struct ListenerKeysTests {
    private func file(_ listener: String, rest: String = "") -> String {
        minimal.replacing("bind: \"127.0.0.1:8080\"", with: "bind: \"127.0.0.1:8080\", \(listener)") + rest
    }

    @Test(
        arguments: [
            ("true", 443), ("TRUE", 443), ("\"true\"", 443), ("8443", 8443), ("1", 1), ("65535", 65535), ("false", nil),
        ] as [(String, UInt16?)])
    func `a plain listener may redirect to https, on port 443 or another`(text: String, port: UInt16?) throws {
        #expect(try read(file("redirect_to_https: \(text)")).get().listeners[0].redirectPort == port)
    }

    @Test(arguments: ["0", "65536", "yes", "off", "https://h", "-1", "443.0"])
    func `a redirect to what is no port is refused`(text: String) {
        let found = complaint(file("redirect_to_https: \"\(text)\""))
        #expect(
            found.hasPrefix(
                "2: listeners[0].redirect_to_https: `\(text)` is neither true nor false nor a port; write true for port 443"))
    }

    @Test func `a redirect on a listener with TLS is refused, a written false is not`() {
        let tls = "tls: { certificates: [ { certificate: a.pem, key: a.key } ] }"
        #expect(
            complaint(file("\(tls), redirect_to_https: true"))
                == "2: listeners[0].redirect_to_https: a listener with `tls` has nothing to redirect; write it on the plain listener, or remove `tls`"
        )
        #expect(complaint(file("\(tls), redirect_to_https: false")) == "")
    }

    @Test func `a redirecting listener needs no route, and a route that names it is warned of`() throws {
        let text = """
            listeners:
              - { name: plain, bind: "127.0.0.1:8080", redirect_to_https: true }
              - { name: inner, bind: "127.0.0.1:8081" }
            routes:
              - { pool: chat, listeners: [ inner ] }
              - { path: /x, pool: chat, listeners: [ inner, plain ] }
            pools: { chat: { backends: [ "ws://h" ] } }
            """
        #expect(
            try warnings(text) == ["6 routes[1]: the listener `plain` redirects every request, it asks no route"])
        #expect(try warnings(text.replacing(", plain ]", with: " ]")).isEmpty)
        // What such a proxy has taken over TLS is served.
        #expect(try warnings(text + "\ntrusted_proxies: [ 10.0.0.0/8 ]\n").isEmpty)
    }

    @Test func `where every listener redirects neither routes nor pools are needed`() throws {
        let listeners = "listeners: [ { name: plain, bind: \"127.0.0.1:8080\", redirect_to_https: true } ]\n"
        let settings = try read(listeners).get()
        #expect(settings.routes.isEmpty)
        #expect(settings.pools.isEmpty)
        #expect(settings.warnings.isEmpty)
        #expect(try read(listeners + "routes:\npools:\n").get() == settings)
        let off = listeners.replacing("true", with: "false")
        #expect(errors(off).map(\.message) == ["`pools` is missing", "`routes` is missing"])
    }

    @Test func `the PROXY protocol is taken from trusted proxies, and a warning says when there are none`() throws {
        let text = file("proxy_protocol: true")
        #expect(try read(text).get().listeners[0].acceptsProxyProtocol)
        #expect(
            try warnings(text) == [
                "2 listeners[0].proxy_protocol: nobody may send the PROXY protocol, as `trusted_proxies` is empty"
            ])
        #expect(try warnings(text + "trusted_proxies: [ 10.0.0.1/32 ]").isEmpty)
        #expect(try warnings(file("proxy_protocol: false")).isEmpty)
        #expect(try !read(minimal).get().listeners[0].acceptsProxyProtocol)
    }

    @Test(arguments: ["", "trusted_proxies: [ 10.0.0.0/8 ]"])
    func `the PROXY protocol on a Unix socket is refused, as nobody there has an address to be trusted by`(rest: String) throws {
        let text = minimal.replacing("bind: \"127.0.0.1:8080\"", with: "bind: unix:/run/t.sock, proxy_protocol: true") + rest
        #expect(
            complaint(text)
                == "2: listeners[0].proxy_protocol: peers on a Unix socket have no address that could be in `trusted_proxies`: none may send a header; bind to ADDRESS:PORT, such as 127.0.0.1:8080, or remove this key"
        )
        #expect(try warnings(text.replacing("true", with: "false")).isEmpty)
    }

    @Test(arguments: ["yes", "on", "1", "v2", "off", "tRUE"])
    func `a switch is true or false and nothing else`(text: String) {
        #expect(
            complaint(file("proxy_protocol: \(text)"))
                == "2: listeners[0].proxy_protocol: `\(text)` is neither true nor false; write true or false")
    }
}
