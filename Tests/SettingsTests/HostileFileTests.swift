import Testing

@testable import Settings

/// Row L1: a file that is no configuration leaves a clean problem, in bounded time and memory.
@Suite struct HostileFileTests {
    @Test func `L1: a file of more than 4 MiB is refused unread`() {
        let text = minimal + String(repeating: "# a comment of thirty-two bytes\n", count: 200_000)
        #expect(complaint(text).contains("more than 4 MiB"))
    }

    @Test func `L1: a file of more values than any configuration has is refused`() {
        for unit in ["a,", "[],", "\"a\": b, "] {
            let found = complaint("x: [" + String(repeating: unit, count: DocumentGuard.mostTokens) + "]")
            #expect(found.contains("more than 100000 keys and values"))
        }
    }

    @Test func `thousands of routes that are all wrong are read to the end`() {
        let routes = (0..<3000).map { "  - { pool: p\($0), path: /a, listeners: [ l\($0) ] }\n" }.joined()
        let pools = (0..<3000).map { "  q\($0): { backends: [ \"ws://h\" ] }\n" }.joined()
        let found = errors("listeners: [ { name: l, bind: \"127.0.0.1:1\" } ]\nroutes:\n\(routes)pools:\n\(pools)")
        #expect(found.count == Reader.mostProblems)
    }

    @Test(arguments: ["[", "{", "{a: ", "[{a: ", "- ", "a: [", "? ", "- - a: \n", "{? ", "[[[[[[[[[[", "\"a\": ["])
    func `L1: deep nesting is refused, however it is made`(unit: String) {
        for count in [70, 1000, 100_000] {
            #expect(!errors(String(repeating: unit, count: count)).isEmpty)
            #expect(!errors(minimal + "x: " + String(repeating: unit, count: count)).isEmpty)
        }
    }

    @Test func `L1: nesting by indentation is refused`() {
        let staircase = (0..<1000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(complaint(staircase) == "65: nested more than 64 levels deep; a configuration needs six levels")
    }

    @Test func `brackets in quotes, comments and plain words are no nesting`() throws {
        let brackets = String(repeating: "[{", count: 100)
        let text =
            "# \(brackets)\n" + minimal.replacing("plain,", with: "plain, #\(brackets)\n    ")
            + "log:\n  file: /var/log/a\(brackets)\n"
        #expect(try read(text).get().log.file == "/var/log/a\(brackets)")
        #expect(try read(minimal + "log: { file: '\(brackets)''[' }").get().log.file?.hasSuffix("[{'[") == true)
        #expect(try read(minimal + "log: { file: \"\(brackets)\\\"[\" }").get().log.file?.hasSuffix("[{\"[") == true)
    }

    @Test func `L1: a bomb of aliases is refused at its first line`() {
        var bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        var last = "a"
        for level in 0..<20 {
            let aliases = [String](repeating: "*\(last)", count: 10).joined(separator: ",")
            bomb += "b\(level): &b\(level) [\(aliases)]\n"
            last = "b\(level)"
        }
        let found = errors(bomb)
        #expect(found.first?.message == "`&` begins an anchor in YAML, and anchors are refused")
        #expect(found.count <= DocumentGuard.mostFaults)
    }

    @Test(arguments: [
        "x: &a 1\n", "x: *a\n", "- &a b\n", "{x: &a 1}\n", "[*a]\n", "? *a : 1\n", "&a x: 1\n", "x:\n  &a\n  y: 1\n",
        "\"x\": *a\n", "{\"x\":*a}\n", "{'x':&a 1}\n", "--- *a\n", "x: 'it''s' # don't\ny: *a\n", "x: don't\ny: *a\n",
        "x: \"a\\\"\"\ny: *a\n", "x: \"a\\\n  b\"\ny: *a\n", "x: a\u{2028}*a\n", "x: a\u{85}y: *a\n", "x: a\r*a\n",
        "x: a#b\ny: *a\n", "x: !!binary aGk=\n", "x: !<tag:x> y\n", "%YAML 1.1\n---\nx: 1\n", "x: |\n  text\n",
        "x: >-\n  text\n",
    ])
    func `anchors, aliases, tags, directives and block scalars are found wherever a token can begin`(text: String) {
        let found = errors(text)
        #expect(found.contains { $0.message.hasSuffix("are refused") || $0.message.contains("block scalars") })
    }

    @Test(arguments: ["a & b", "a*b", "a !b", "a|b", "50%", "a - b", "it's", "a\\b", "x:y", "a#x"])
    func `the same characters inside a plain value are left alone`(value: String) throws {
        #expect(try read(minimal + "log: { file: /\(value) }").get().log.file == "/\(value)")
        #expect(try read(minimal + "log:\n  file: /\(value)  # & * !\n").get().log.file == "/\(value)")
    }

    @Test func `a host pattern that reads as an alias is told to be put in quotes`() {
        let text = minimal.replacing("{ pool", with: "{ host: *.example.com, pool")
        #expect(
            complaint(text)
                == "4: `*` begins an alias in YAML, and aliases are refused; put a host pattern in quotes: \"*.example.com\"; write a repeated value out"
        )
    }

    @Test func `an address that reads as a list is told to be put in quotes`() {
        let text = minimal.replacing("\"127.0.0.1:8080\"", with: "[::1]:8080")
        #expect(complaint(text).contains("2: an IPv6 address in brackets reads as a list; put it in quotes"))
    }

    @Test(arguments: [
        "a: b: c\n", "a: [1, 2\n", "a: \"open\n", "\ta: 1\n", "a: 1\n b: 2\n", "a: @x\n", "a: `x`\n",
        "a: 1\n---\nb: 2\n",
        "a: \"\\q\"\n", "}\n", "a: {b\n", "- a\nb: c\n", "? [a]\n: b\n", "{[a]: b}\n", "a: \u{1}\n", "a: \u{7f}b\n",
        "a\u{0}b: c\n",
    ])
    func `a text that is no YAML is a problem with a line`(text: String) {
        let found = errors("# first\n" + text)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.line != nil && !$0.message.isEmpty && !$0.remedy.isEmpty })
    }

    @Test func `bytes that are no UTF-8 are a problem of the file`() {
        let result = SettingsReader.read(bytes: Array(minimal.utf8) + [0xff, 0xfe], file: "t.yaml") { _ in [] }
        guard case .failure(let problems) = result else { return #expect(Bool(false), "it was read") }
        #expect(
            problems.errors.map(\.description) == [
                "t.yaml: the file is no UTF-8 text; save it as UTF-8; is it the right file?"
            ])
    }

    @Test func `a file cut anywhere is read or refused, never a trap`() throws {
        let bytes = Array((minimal + "admin: { token: \"${T}\" }\nlog: { file: 'a''b' }\nping: \"off\"\n").utf8)
        var accepted = 0
        for end in 0...bytes.count {
            let result = SettingsReader.read(bytes: Array(bytes[..<end]), file: "t.yaml", environment: ["T": "token"]) {
                _ in []
            }
            switch result {
            case .success: accepted += 1
            case .failure(let problems): #expect(!problems.errors.isEmpty)
            }
        }
        #expect(accepted > 0)
    }

    @Test func `a file with any one byte changed is read or refused, never a trap`() {
        let bytes = Array(minimal.utf8)
        for index in bytes.indices {
            for replacement: UInt8 in [
                0, 0x0a, 0x20, 0x22, 0x23, 0x26, 0x27, 0x2a, 0x2d, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d, 0x80, 0xff,
            ] {
                var changed = bytes
                changed[index] = replacement
                let result = SettingsReader.read(bytes: changed, file: "t.yaml") { _ in [] }
                if case .failure(let problems) = result { #expect(!problems.errors.isEmpty) }
            }
        }
    }

    /// A file with the keys of plain requests, of heads and of TLS toward backends.
    private static let wide = """
        listeners: [ { name: a, bind: "127.0.0.1:1", redirect_to_https: 8443, proxy_protocol: true }, { name: b, bind: systemd:b } ]
        routes:
          - { path: /x, respond: { status: 503, body: "gone", content_type: a/b } }
          - { pool: p, upgrade: websocket only, strip_prefix: /%61, sse_keepalive: 15s }
          - path: /y/*
            pool: p
            replace_path: /y;z
            request_headers: { set: { A: "Bearer ${T}", Host: "h:1" }, add: { B: Word file:f }, remove: [ C ] }
        pools:
          p:
            backends: [ "wss://[::1]", unix:b, { url: "http://h" } ]
            tls: { ca: ca.pem, server_name: n, certificate: c, key: k, insecure_skip_verify: true }
            host: "[::1]:80"
            keep_alive: { connections: 1, timeout: 1s }
            proxy_protocol: v2
        timeouts: { response: off, keep_alive: 1s, body: 1s }
        forwarding: { forwarded: true, traceparent: create }
        resolver: { interval: off }
        trusted_proxies: [ 10.0.0.0/8 ]

        """

    @Test func `a file of many keys, cut or changed anywhere, is read or refused, never a trap`() throws {
        func outcome(_ bytes: [UInt8]) -> Result<Settings, Problems> {
            SettingsReader.read(bytes: bytes, file: "/t.yaml", environment: ["T": "t"]) { _ in [0x66] }
        }
        let bytes = Array(Self.wide.utf8)
        #expect(try outcome(bytes).get().routes.count == 3)
        for index in bytes.indices {
            if case .failure(let problems) = outcome(Array(bytes[..<index])) { #expect(!problems.errors.isEmpty) }
            var changed = bytes
            changed[index] = [0, 0x20, 0x22, 0x25, 0x2f, 0x7d, 0x0a][index % 7]
            if case .failure(let problems) = outcome(changed) { #expect(!problems.errors.isEmpty) }
        }
    }
}
