import Glibc
import Testing

@testable import TLS

@Suite struct SelfSignedCertificateTests {
    @Test func `the key is its owner's alone, and writing again replaces both files`() throws {
        let folder = try TestFolder()
        let files = try folder.certificate("localhost")
        let before = try folder.read(files.key)
        var facts = stat()
        #expect(stat(files.key, &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o600)
        let parent = String(files.key.dropLast("/key.pem".count))
        #expect(try SelfSignedCertificate.write(names: ["localhost"], into: parent) == files)
        #expect(try folder.read(files.key) != before)
    }

    @Test(arguments: ["", "a,DNS:b", "a b", "a/b", "..", "-\n", "*"])
    func `a name that is neither host nor address is refused`(name: String) throws {
        let folder = try TestFolder()
        #expect(throws: SelfSignedCertificate.Failure.badName(name)) {
            try SelfSignedCertificate.write(names: ["localhost", name], into: folder.path)
        }
    }

    @Test func `a folder that does not exist is told`() {
        #expect(throws: SelfSignedCertificate.Failure.file("/nonexistent/certificate.pem", code: ENOENT)) {
            try SelfSignedCertificate.write(names: ["localhost"], into: "/nonexistent")
        }
    }
}
