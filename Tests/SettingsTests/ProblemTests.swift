import Testing

@testable import Settings

@Suite struct ProblemTests {
    @Test func `every problem of a file is told at once, in the order of lines`() {
        let text = """
            worker: 4
            listeners:
              - { name: public, bind: 0.0.0.0:0 }
              - { name: public, bind: nowhere, tls: { certificates: [] } }
            routes:
              - { host: a:1, path: ws, pool: chatt, listeners: [ privat ] }
              - pool: chat
                path: /x
                extra: 1
            pools:
              chat:
                balance: fastest
                backends:
                  - tcp://h:1
                  - { url: "ws://h:99999", weight: 0, max_connections: many }
            timeouts: { handshake: 10, idle: 1y }
            limits: { buffer: 1KiB, max_headers: 0 }
            trusted_proxies: [ 10.0.0.1/8 ]
            """
        let found = errors(text).map { "\($0.line ?? 0) \($0.path)" }
        #expect(
            found == [
                "1 worker", "3 listeners[0].bind", "4 listeners[1].name", "4 listeners[1].bind",
                "4 listeners[1].tls.certificates", "6 routes[0].host", "6 routes[0].path", "6 routes[0].listeners[0]",
                "6 routes[0].pool", "9 routes[1].extra", "12 pools.chat.balance", "14 pools.chat.backends[0]",
                "15 pools.chat.backends[1].weight", "15 pools.chat.backends[1].max_connections",
                "15 pools.chat.backends[1].url", "16 timeouts.handshake", "16 timeouts.idle", "17 limits.buffer",
                "17 limits.max_headers", "18 trusted_proxies[0]",
            ])
    }

    @Test func `a problem is one line of file, line, key, problem and remedy`() {
        let text = minimal + "workers: 0\n"
        #expect(
            errors(text).map(\.description) == [
                "/etc/tidegate/t.yaml:7: workers: 0 is out of range; write a whole number from 1 to 1024"
            ])
    }

    @Test func `a value from the file cannot forge a second line or move the cursor`() {
        let text = minimal + "workers: \"1\\n/etc/tidegate/t.yaml:1: all is well\\e[2J\\u2028\"\n"
        let line = errors(text).first?.description ?? ""
        #expect(line.contains("\\u{a}"))
        #expect(line.contains("\\u{1b}"))
        #expect(line.contains("\\u{2028}"))
        #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x2028 })
    }

    @Test func `a long value is clipped in its message`() {
        let text = minimal + "workers: \(String(repeating: "x", count: 100_000))\n"
        #expect(complaint(text).utf8.count < 300)
    }

    @Test(arguments: [
        ("listener: []", "did you mean `listeners`?"), ("time_outs: {}", "did you mean `timeouts`?"),
        ("trusted-proxies: []", "did you mean `trusted_proxies`?"), ("piing: off", "did you mean `ping`?"),
        ("logs: {}", "did you mean `log`?"), ("frontend: {}", "the keys here are workers, listeners"),
    ])
    func `an unknown key is told with its neighbour`(line: String, remedy: String) {
        let found = complaint(minimal + line)
        #expect(found.hasPrefix("7: "))
        #expect(found.contains("unknown key; \(remedy)"))
    }

    @Test func `a key written twice is told with its line`() {
        let found = complaint("workers: 1\nworkers: 2\n" + minimal)
        #expect(found == "1: `workers` written more than once in one mapping; keep one of them")
        #expect(complaint(minimal + "log: { level: info, level: warn }").hasPrefix("7: `level` written more than once"))
        #expect(
            complaint(minimal + "log: { level: info, \"level\": warn }").hasPrefix("7: `level` written more than once"))
    }

    @Test(arguments: [
        ("workers: [ 1 ]", "workers: a single value is wanted here, not a list"),
        ("timeouts: 5s", "timeouts: a mapping is wanted here, not a single value"),
        ("trusted_proxies: 10.0.0.0/8", "trusted_proxies: a list is wanted here, not a single value"),
        ("workers:", "workers: has no value"), ("workers: \"\"", "workers: has no value"),
        ("log: { level: }", "log.level: has no value"),
        ("drain: { period: { s: 1 } }", "drain.period: a single value is wanted"),
        ("admin: yes", "admin: a mapping is wanted here, not a single value"),
        ("workers: 1.5", "workers: `1.5` is no whole number"), ("workers: -1", "workers: `-1` is no whole number"),
        ("workers: 0x10", "no whole number"), ("workers: 99999999999999999999999", "no whole number"),
        ("log: { level: warning }", "did you mean `warn`?"), ("log: { format: yaml }", "write one of auto, text, json"),
    ])
    func `a value of the wrong type is told with what is wanted`(line: String, message: String) {
        let found = complaint(minimal + line)
        #expect(found.contains(message))
        #expect(!found.contains("\n"))
    }

    @Test(arguments: [
        ("listeners", "listeners: at"), ("routes", "routes: at"), ("pools", "pools: at"),
    ])
    func `a file without one of the three required keys is refused`(key: String, _: String) {
        let lines = minimal.split(separator: "\n").map(String.init)
        var kept: [String] = []
        var isSkipping = false
        for line in lines {
            if !line.hasPrefix(" ") { isSkipping = line.hasPrefix(key) }
            if !isSkipping { kept.append(line) }
        }
        #expect(complaint(kept.joined(separator: "\n")).contains("`\(key)` is missing"))
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "~\n"])
    func `an empty file lacks all three`(text: String) {
        #expect(errors(text).map(\.message) == ["`listeners` is missing", "`pools` is missing", "`routes` is missing"])
    }

    @Test(arguments: ["- a\n- b\n", "just words\n", "[]"])
    func `a file that is no mapping is refused`(text: String) {
        #expect(complaint(text).contains("a mapping is wanted here"))
    }

    @Test func `problems past a thousand are not collected`() {
        let text = (0..<5000).map { "key\($0): 1\n" }.joined()
        #expect(errors(text).count == Reader.mostProblems)
    }
}
