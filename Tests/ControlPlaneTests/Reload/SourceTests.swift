import Glibc
import Settings
import Testing
import Wire

@testable import ControlPlane

@Suite struct SourceTests {
    @Test func `a file that is not there, a folder, and one that is too large are refused without being read`() throws {
        let folder = try TemporaryFolder()
        let none = "\(folder.path)/none"
        #expect(ConfigurationSource.file(none).read().problem?.errors.first?.message == "\(none) does not exist")
        #expect(
            ConfigurationSource.file(folder.path).read().problem?.errors.first?.message == "\(folder.path) is not a regular file")
        let large = try folder.write("large", [UInt8](repeating: 0x20, count: 4 << 20 | 1))
        #expect(ConfigurationSource.file(large).read().problem?.errors.first?.message == "\(large) is larger than 4096 KiB")
    }

    @Test func `the file of a secret that cannot be read is told in plain words`() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "x.yaml",
            """
            listeners: [ { name: a, bind: "127.0.0.1:8080", redirect_to_https: true } ]
            admin: { token: file:none }
            """)
        let problems = try #require(ConfigurationSource.file(file).read().problem)
        #expect(
            problems.errors.map(\.description) == [
                "\(file):2: admin.token: \(folder.path)/none does not exist; correct the path or create the file"
            ])
    }

    @Test func `a pipe does not block`() throws {
        let folder = try TemporaryFolder()
        let pipe = "\(folder.path)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(ConfigurationSource.file(pipe).read().problem?.errors.first?.message == "\(pipe) is not a regular file")
    }

    @Test func `bytes that are not UTF-8 are told with their line`() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("x.yaml", Array("a: é\nb: ".utf8) + [0xFF, 0x0A])
        let problem = ConfigurationSource.file(file).read().problem?.errors.first
        #expect(problem?.line == 2)
        #expect(problem?.message == "this is not UTF-8 text")
    }

    @Test func `an environment's first value of a name counts, and rubbish is left out`() {
        let bytes = Array("A=1\0B=x=y\0rubbish\0A=2\0E=\0".utf8)
        #expect(ProcessEnvironment.parse(bytes) == ["A": "1", "B": "x=y", "E": ""])
        #expect(ProcessEnvironment.read()["PATH"] == getenv("PATH").map { String(cString: $0) })
    }
}
