import Testing

@testable import Settings

@Suite struct SecretTests {
    private func token(_ text: String, environment: [String: String] = [:], files: [String: String] = [:]) throws
        -> String?
    {
        let settings = try read(minimal + "admin: { token: \(text) }", environment: environment, files: files).get()
        return settings.admin?.token.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test func `a secret is its value, a variable or a file`() throws {
        #expect(try token("0123456789abcdef") == "0123456789abcdef")
        #expect(try token("\"${TOKEN}\"", environment: ["TOKEN": "from-the-environment"]) == "from-the-environment")
        #expect(try token("file:t.token", files: ["/etc/tidegate/t.token": "from-a-file\r\n\n"]) == "from-a-file")
        #expect(try token("file:/run/t", files: ["/run/t": "from-elsewhere"]) == "from-elsewhere")
    }

    @Test(arguments: [
        ("\"${NONE}\"", "the environment has no `NONE`"), ("\"${EMPTY}\"", "the secret is empty"),
        ("\"a${TOKEN}\"", "a variable is the whole value"), ("\"${TOKEN}b\"", "a variable is the whole value"),
        ("\"${}\"", "a variable is the whole value"), ("\"${A B}\"", "a variable is the whole value"),
        ("\"${TOKEN\"", "a variable is the whole value"), ("\"${${TOKEN}}\"", "a variable is the whole value"),
        ("\"$${TOKEN}\"", "a variable is the whole value"),
        ("file:none", "`/etc/tidegate/none` cannot be read (no such file)"), ("file:empty", "the secret is empty"),
        ("\"file:\"", "a file name is missing"), ("file:long", "longer than 64 KiB"), ("file:spaced", "visible ASCII"),
        ("\"two words\"", "visible ASCII"), ("\"\"", "has no value"), ("[ a ]", "a single value is wanted"),
    ])
    func `a secret that cannot be had is a problem`(text: String, message: String) {
        let found = complaint(
            minimal + "admin: { token: \(text) }", environment: ["TOKEN": "t", "EMPTY": ""],
            files: [
                "/etc/tidegate/empty": "\n", "/etc/tidegate/long": String(repeating: "a", count: 70_000),
                "/etc/tidegate/spaced": "a b",
            ])
        #expect(found.hasPrefix("7: admin.token: "))
        #expect(found.contains(message))
    }

    @Test(arguments: [
        (UnreadableFile(message: "/run/t is a folder", remedy: "name a file"), "/run/t is a folder; name a file"),
        (
            UnreadableFile(message: "/run/t is gone"),
            "/run/t is gone; create it, readable for the user that Tidegate runs as"
        ),
    ])
    func `a file that cannot be read is told in the words of whoever tried`(error: UnreadableFile, told: String) {
        let result = SettingsReader.read(text: minimal + "admin: { token: file:/run/t }", file: "t.yaml") { _ in throw error }
        guard case .failure(let problems) = result else { return #expect(Bool(false), "it was read") }
        #expect(problems.errors.map(\.description) == ["t.yaml:7: admin.token: \(told)"])
    }

    @Test func `a variable where no secret is expected is refused`() {
        let text = minimal + "workers: \"${WORKERS}\"\n"
        let found = complaint(text, environment: ["WORKERS": "4"])
        #expect(
            found.contains("workers: `${...}` is looked up only where a secret is expected; write the value itself"))
    }

    @Test func `an unquoted variable in braces is told to be put in quotes`() {
        #expect(
            complaint(minimal + "admin: { token: ${TOKEN} }").contains(
                "`${` reads as a mapping here; put the value in quotes"))
    }

    @Test func `a secret shows itself in no description, dump or problem`() throws {
        let settings = try read(minimal + "admin: { token: hunter2hunter2hunter2 }").get()
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped, "\(settings.admin?.token as Any)"] {
            #expect(text.contains("redacted"))
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("104, 117, 110"))
        }
        #expect(!complaint(minimal + "admin: { token: \"hunter2 hunter2\" }").contains("hunter2"))
    }
}
