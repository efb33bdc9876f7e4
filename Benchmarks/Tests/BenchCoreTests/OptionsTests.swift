import Testing

@testable import BenchCore

struct OptionsTests {
    @Test func `values and flags are read`() throws {
        let options = try Options(["echo", "--port", "9", "--tls"], modes: ["echo"], names: ["port"], flags: ["tls"])
        #expect(try options.int("port", default: 1, in: 1 ... 10) == 9)
        #expect(options.has("tls") && !options.has("port-"))
    }

    @Test(arguments: [["--port"], ["--prot", "9"], ["port", "9"]])
    func `what is misspelt or cut short is refused`(arguments: [String]) {
        #expect(throws: Options.UsageError.self) { try Options(["echo"] + arguments, modes: ["echo"], names: ["port"]) }
    }

    @Test(arguments: ["0", "11", "x", ""])
    func `a number outside of its range is refused`(value: String) throws {
        let options = try Options(["echo", "--port", value], modes: ["echo"], names: ["port"])
        #expect(throws: Options.UsageError.self) { try options.int("port", default: 1, in: 1 ... 10) }
    }
}
