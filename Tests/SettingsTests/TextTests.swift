import Testing

@testable import Settings

@Suite struct TextTests {
    @Test(arguments: [
        ("250ms", Duration.milliseconds(250)), ("30s", .seconds(30)), ("5m", .seconds(300)), ("1h", .seconds(3600)),
        ("1.5s", .milliseconds(1500)), ("0.25m", .seconds(15)), ("0s", .zero), ("1.000001s", .microseconds(1_000_001)),
        ("2562047h", .seconds(2_562_047 * 3600)), ("007s", .seconds(7)),
    ])
    func `a duration is a number with a unit`(text: String, duration: Duration) throws {
        #expect(try DurationText.read(text) == duration)
    }

    @Test(arguments: [
        "", "5", "s", "ms", ".5s", "5.s", "-5s", "+5s", "5 s", " 5s", "5d", "5sec", "5S", "1e3s", "1_000s", "1h30m",
        "1.2.3s",
        "1.0000001s", "0x5s", "99999999999999999999s", "999999999999999999h", "2562048h", "½s", "５s",
    ])
    func `what is no duration, or too long a one, is refused without a trap`(text: String) {
        #expect(throws: TextProblem.self) { try DurationText.read(text) }
    }

    @Test(arguments: ["250ms", "30s", "5m", "1h", "0s", "90s", "1500ms", "720h"])
    func `a duration is written as it would be read`(text: String) throws {
        #expect(DurationText.write(try DurationText.read(text)) == text)
    }

    @Test(arguments: [
        ("64KiB", 65536), ("1MiB", 1 << 20), ("1GiB", 1 << 30), ("64KB", 64000), ("1MB", 1_000_000),
        ("1GB", 1_000_000_000),
        ("500B", 500), ("500", 500), ("0", 0), ("8589934591GiB", 8_589_934_591 << 30),
    ])
    func `a size is a number with or without a unit`(text: String, bytes: Int) throws {
        #expect(try SizeText.read(text) == bytes)
    }

    @Test(arguments: [
        "", "KiB", "-1", "+1", "1.5MiB", "1 MiB", "1kib", "1Kb", "1K", "1TiB", "0x10", "1e6", "8589934592GiB",
        "9999999999999999999", "999999999999999999GiB",
    ])
    func `what is no size, or too large a one, is refused without a trap`(text: String) {
        #expect(throws: TextProblem.self) { try SizeText.read(text) }
    }

    @Test(arguments: ["64KiB", "1MiB", "1GiB", "500B", "1025B", "1024GiB"])
    func `a size is written as it would be read`(text: String) throws {
        #expect(SizeText.write(try SizeText.read(text)) == text)
    }

    @Test(arguments: [
        "0.0.0.0:8443", "127.0.0.1:1", "[::]:65535", "[2001:db8::1]:80", "unix:/run/t.sock", "systemd:web",
    ])
    func `a place to listen is read, and written as it was`(text: String) throws {
        #expect(try BindText.read(text, besides: "t.yaml").description == text)
    }

    @Test(arguments: [
        ("127.0.0.1:0", "no port"), ("127.0.0.1:65536", "no port"), ("127.0.0.1:99999999999", "no port"),
        ("127.0.0.1:", "no port"),
        ("127.0.0.1:+80", "no port"), ("127.0.0.1", "has no port"), ("8080", "has no port"), ("[::1]", "has no port"),
        (":8080", "is no IP address; write 0.0.0.0:8080"), ("*:8080", "write 0.0.0.0:8080"),
        ("localhost:8080", "write 127.0.0.1:8080"), ("example.com:80", "is no IP address"), ("::1", "in brackets"),
        ("::1:8080", "in brackets"), ("[::1", "no address to listen on"), ("[::1]80", "no address to listen on"),
        ("[127.0.0.1]:80", "is no IP address"), ("[::1%lo]:80", "is no IP address"),
        ("256.0.0.1:80", "is no IP address"),
        ("unix:", "a file name is missing"), ("unix:@x", "abstract"), ("unix:/a\u{0}b", "control characters"),
        ("unix:/" + String(repeating: "x", count: 107), "at most 107 bytes"), ("systemd:", "no name of a socket"),
        ("systemd:a:b", "no name of a socket"), ("systemd:a b", "no name of a socket"), ("tcp://h:1", "no address"),
    ])
    func `what is no place to listen is refused with a remedy`(text: String, message: String) {
        let problem = #expect(throws: TextProblem.self) { try BindText.read(text, besides: "t.yaml") }
        #expect(problem.map { "\($0.message); \($0.remedy)" }?.contains(message) == true)
    }

    @Test(arguments: ["", "a b", "ä", "a/b", "a\"b", String(repeating: "a", count: 65)])
    func `names that make no metric label are refused`(name: String) {
        #expect(throws: TextProblem.self) { try NameText.validate(name) }
    }

    @Test(arguments: [
        ("t.yaml", "a.pem", "a.pem"), ("/etc/t.yaml", "a.pem", "/etc/a.pem"), ("conf/t.yaml", "../a", "conf/../a"),
        ("/etc/t.yaml", "/a.pem", "/a.pem"), ("/t.yaml", "a", "/a"),
    ])
    func `a relative path starts at the folder of the file`(file: String, path: String, resolved: String) {
        #expect(FilePath.resolve(path, besides: file) == resolved)
    }
}
