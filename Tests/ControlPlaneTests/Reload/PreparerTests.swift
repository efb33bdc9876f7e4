import DataPlane
import Glibc
import Settings
import Synchronization
import TLS
import Testing
import Transport
import Wire

@testable import ControlPlane

@Suite struct PreparerTests {
    private func secure(_ files: [CertificateSettings]) -> ListenerSettings {
        ListenerSettings(
            name: "secure", bind: .ip(loopback, port: 0), tls: TLSSettings(certificates: files),
            source: SourcePlace(file: "x.yaml", line: 2, path: "listeners[0]"))
    }

    private func certificate(_ files: CertificateFiles, line: Int = 5) -> CertificateSettings {
        CertificateSettings(
            certificate: files.certificate, key: files.key,
            source: SourcePlace(file: "x.yaml", line: line, path: "listeners[0].tls.certificates[0]"))
    }

    @Test func `all problems are told together, each at its line`() throws {
        let folder = try TemporaryFolder()
        let taken = try takenPort()
        let missing = CertificateFiles(certificate: "\(folder.path)/no.pem", key: "\(folder.path)/no.key")
        let settings = configuration(
            listeners: [secure([certificate(missing)]), plainListener(port: taken.boundPort)], backends: [backend("nowhere.test")])
        let preparer = Preparer(source: .fixed(settings), resolver: .each { _ in .failed(.noName) })
        let problems = try #require(preparer.prepare().problem)
        #expect(problems.errors.map(\.line) == [3, 5, 5, 9])
        #expect(problems.errors.first?.message == "127.0.0.1:\(taken.boundPort) is in use")
        #expect(problems.errors.last?.message == "nowhere.test cannot be resolved: the name does not exist")
    }

    @Test func `a good configuration comes with sockets, contexts, addresses and expiries`() throws {
        let folder = try TemporaryFolder()
        let files = try SelfSignedCertificate.write(names: ["site.test"], into: folder.path, notBefore: 1000, notAfter: 5000)
        let settings = configuration(listeners: [secure([certificate(files)]), plainListener()], backends: [backend("::1")])
        let preparation = try Preparer(source: .fixed(settings), now: { 2000 }).prepare().get()
        #expect(preparation.listeners.map(\.settings.name) == ["secure", "plain"])
        #expect(preparation.listeners.map { $0.tls == nil } == [false, true])
        #expect(preparation.listeners.allSatisfy { $0.socket.boundPort != 0 })
        #expect(preparation.backends[key("[::1]:9001")]?.addresses.map(\.ip) == [IPAddress("::1")])
        #expect(preparation.backends[key("[::1]:9001")]?.identity == nil)
        #expect(preparation.certificates == [files.certificate: 5000])
        #expect(preparation.warnings.isEmpty)
    }

    @Test func `an expired certificate is an error to check and a warning to run`() throws {
        let folder = try TemporaryFolder()
        let files = try SelfSignedCertificate.write(names: ["site.test"], into: folder.path, notBefore: 1000, notAfter: 5000)
        let preparer = Preparer(
            source: .fixed(configuration(listeners: [secure([certificate(files)])])), now: { 9000 })
        let preparation = try preparer.prepare().get()
        #expect(preparation.warnings.map(\.line) == [5])
        #expect(preparation.listeners.count == 1)
        let found = preparer.check()
        #expect(found.errors.map(\.line) == [5])
        #expect(found.warnings.isEmpty)
    }

    @Test func `a reload keeps the socket of a place that stays`() throws {
        let first = try Preparer(source: .fixed(configuration())).prepare().get()
        let new = ListenerSettings(name: "new", bind: .ip(IPAddress(v4: 0x7f00_0002), port: 0))
        let more = configuration(listeners: [plainListener("renamed"), new])
        let second = try Preparer(source: .fixed(more)).prepare(previous: first).get()
        #expect(second.listeners.first?.socket === first.listeners.first?.socket)
        #expect(second.listeners.last?.socket !== first.listeners.first?.socket)
    }

    @Test func `a check of a running configuration warns of its ports and disturbs nobody`() throws {
        let taken = try takenPort()
        let found = Preparer(source: .fixed(configuration(listeners: [plainListener(port: taken.boundPort)]))).check()
        #expect(found.errors.isEmpty)
        #expect(found.warnings.map(\.message) == ["127.0.0.1:\(taken.boundPort) is in use"])
    }

    @Test func `a check makes and removes no socket file`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/s.sock"
        func check(_ path: String) -> Problems {
            Preparer(source: .fixed(configuration(listeners: [ListenerSettings(name: "u", bind: .unix(path))]))).check()
        }
        #expect(check(path).errors.isEmpty)
        #expect(access(path, F_OK) != 0)
        let socket = try ListeningSocket(binding: .unix(path: path))
        #expect(check(path).errors.isEmpty)
        #expect(check(path).warnings.map(\.message) == ["unix:\(path) is in use"])
        #expect(access(path, F_OK) == 0)
        #expect(check("\(folder.path)/no/s.sock").errors.count == 1)
        withExtendedLifetime(socket) {}
    }

    @Test func `a socket that systemd passed in is taken by its name, and the rest is told`() throws {
        let one = try takenPort()
        let two = try takenPort()
        let inherited = InheritedSockets([("web", dup(one.descriptor)), ("spare", dup(two.descriptor))])
        func preparer(_ name: String) -> Preparer {
            Preparer(
                source: .fixed(configuration(listeners: [ListenerSettings(name: "l", bind: .systemd(name))])), inherited: inherited)
        }
        let problem = try #require(preparer("other").prepare().problem?.errors.first)
        #expect(problem.message == "systemd passed in no socket named other")
        #expect(problem.remedy.contains("use one of: web, spare"))
        let preparation = try preparer("web").prepare().get()
        #expect(preparation.listeners.first?.socket.boundPort == one.boundPort)
        #expect(inherited.closeRest() == ["spare"])
        // A reload finds it in force; it cannot be taken twice.
        #expect(try preparer("web").prepare(previous: preparation).get().listeners.count == 1)
        #expect(preparer("web").prepare().problem != nil)
    }
}
