import Glibc
import Testing

@testable import TLS

@Suite struct CertificateProblemTests {
    let folder: TestFolder
    let good: CertificateFiles
    let now = Int64(time(nil))

    init() throws {
        folder = try TestFolder()
        good = try folder.certificate("localhost", "*.example.com", "127.0.0.1", "::1")
    }

    private func problems(_ certificate: String, _ key: String) -> [TLSProblem] {
        let files = CertificateFiles(certificate: certificate, key: key)
        let problems = ServerContext.problems(certificates: [good, files], now: now)
        #expect(problems.allSatisfy { $0.index == 1 && !$0.message.isEmpty && !$0.remedy.isEmpty })
        // What `check` finds, `run` must not serve, and the other way round.
        let isServed = (try? ServerContext(certificates: [good, files], minimumVersion: .tls12, tickets: TicketKeys())) != nil
        #expect(isServed == problems.allSatisfy(\.isWarning))
        return problems
    }

    @Test func `a good certificate has no problem, and tells its facts`() throws {
        #expect(problems(good.certificate, good.key).isEmpty)
        let context = try ServerContext(certificates: [good], minimumVersion: .tls12, tickets: TicketKeys())
        let facts = try #require(context.certificates.first)
        #expect(facts.names == ["localhost", "*.example.com", "127.0.0.1", "::1"])
        #expect(facts.subject == "CN=localhost")
        #expect(facts.notBefore < now && facts.notBefore > now - 7200)
        #expect(facts.notAfter > now + 29 * 86400 && facts.notAfter < now + 31 * 86400)
    }

    @Test func `missing files are told each`() {
        let found = problems(folder.path + "/none.pem", folder.path + "/none.key")
        #expect(found.map(\.kind) == [.missing, .missing])
        #expect(found.map(\.file) == [folder.path + "/none.pem", folder.path + "/none.key"])
    }

    @Test func `a folder in place of a file is unreadable`() {
        #expect(problems(folder.path, good.key).map(\.kind) == [.unreadable])
    }

    @Test func `a file larger than any certificate is not read whole`() throws {
        let large = try folder.write(String(repeating: "x", count: (1 << 20) + 1), to: "large.pem")
        #expect(problems(large, good.key).map(\.kind) == [.unreadable])
    }

    @Test func `an empty file is told to be empty`() throws {
        let empty = try folder.write("", to: "empty.pem")
        let found = problems(empty, empty)
        #expect(found.map(\.kind) == [.notPEM, .notPEM])
        #expect(found.allSatisfy { $0.message.hasSuffix("is empty") })
    }

    @Test func `a file without PEM is told to have none`() throws {
        let text = try folder.write("hello\n", to: "text.pem")
        #expect(problems(text, good.key).map(\.kind) == [.notPEM])
        #expect(problems(good.certificate, text).map(\.kind) == [.notPEM])
    }

    @Test func `a key where the certificate should be, and the reverse`() {
        #expect(problems(good.key, good.certificate).map(\.kind) == [.notPEM, .notPEM])
    }

    @Test func `a half-written certificate is refused, even behind a whole one (L2)`() throws {
        let text = try folder.read(good.certificate)
        let half = try folder.write(String(text.prefix(text.count / 2)), to: "half.pem")
        #expect(problems(half, good.key).map(\.kind) == [.notPEM])
        let chain = try folder.write(text + text.prefix(text.count / 2), to: "chain.pem")
        let found = problems(chain, good.key)
        #expect(found.map(\.kind) == [.notPEM])
        #expect(found.first?.message.contains("certificate 2 ") == true)
    }

    @Test func `a chain of several certificates is loaded`() throws {
        let other = try folder.certificate("other.example")
        let chain = try folder.write(folder.read(good.certificate) + folder.read(other.certificate), to: "whole.pem")
        #expect(problems(chain, good.key).isEmpty)
        #expect(problems(chain, other.key).map(\.kind) == [.keyMismatch])
    }

    @Test func `a key of another certificate is a mismatch`() throws {
        let other = try folder.certificate("localhost")
        let found = problems(good.certificate, other.key)
        #expect(found.map(\.kind) == [.keyMismatch])
        #expect(found.first?.file == other.key)
    }

    @Test func `an encrypted key is named as such and nobody is asked for its passphrase`() throws {
        #expect(problems(good.certificate, try folder.encryptedKey()).map(\.kind) == [.encryptedKey])
    }

    @Test func `an expired certificate and one not yet valid are warnings, and are served`() throws {
        let old = try folder.certificate("localhost", notBefore: now - 20 * 86400, notAfter: now - 10 * 86400)
        let expired = problems(old.certificate, old.key)
        #expect(expired.map(\.kind) == [.expired])
        #expect(expired.first?.message.hasSuffix("expired 10 days ago") == true)

        let young = try folder.certificate("localhost", notBefore: now + 3 * 3600 + 60, notAfter: now + 86400)
        let early = problems(young.certificate, young.key)
        #expect(early.map(\.kind) == [.notYetValid])
        #expect(early.first?.message.hasSuffix("becomes valid in 3 hours") == true)
    }

    @Test func `all problems of all certificates are found at once`() throws {
        let text = try folder.write("hello\n", to: "text.pem")
        let list = [
            CertificateFiles(certificate: folder.path + "/none", key: text), good,
            CertificateFiles(certificate: good.certificate, key: folder.path + "/none"),
        ]
        let found = ServerContext.problems(certificates: list, now: now)
        #expect(found.map(\.index) == [0, 0, 2])
        #expect(found.map(\.kind) == [.missing, .notPEM, .missing])
    }

    @Test func `no certificate at all is a problem of the listener`() {
        let found = ServerContext.problems(certificates: [], now: now)
        #expect(found.map(\.index) == [nil])
        #expect(throws: TLSProblem.self) { try ServerContext(certificates: [], minimumVersion: .tls12, tickets: TicketKeys()) }
    }
}
