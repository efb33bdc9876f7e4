import DataPlane
import Settings
import TLS
import Testing
import Wire

@testable import ControlPlane

/// What TLS toward backends needs.
@Suite struct ClientTests {
    private let one = key("voice.test:9443")
    private let two = key("other.test:9443")

    private func preparer(_ settings: Settings, now: Int64 = 2000) -> Preparer {
        Preparer(source: .fixed(settings), resolver: .each { _ in .addresses([ip(1)]) }, now: { now })
    }

    private func settings(_ tls: BackendTLSSettings = BackendTLSSettings()) -> Settings {
        configuration(backends: [secureBackend("voice.test"), secureBackend("other.test"), backend("plain.test")], tls: tls)
    }

    @Test func `each encrypted backend has an identity of its own, a plain one none, and a reload keeps them`() throws {
        let folder = try TemporaryFolder()
        let files = try SelfSignedCertificate.write(names: ["voice.test"], into: folder.path, notBefore: 1000, notAfter: 5000)
        let preparer = preparer(settings(BackendTLSSettings(authorities: files.certificate)))
        let first = try preparer.prepare().get()
        let identity = try #require(first.backends[one]?.identity)
        #expect(first.backends[two]?.identity !== identity)
        #expect(first.backends[two]?.identity != nil)
        #expect(first.backends[key("plain.test:9001")]?.identity == nil)
        let second = try preparer.prepare(previous: first).get()
        #expect(second.backends[one]?.identity === identity)
        #expect(second.backends[two]?.identity === first.backends[two]?.identity)
    }

    @Test func `where the system's authorities are believed a reload reads them again, and believes no session from before`() throws {
        let preparer = preparer(settings())
        let first = try preparer.prepare().get()
        let second = try preparer.prepare(previous: first).get()
        #expect(first.clients["main"] != nil && second.clients["main"]?.context !== first.clients["main"]?.context)
        for backend in [one, two] {
            let identity = try #require(second.backends[backend]?.identity)
            #expect(identity !== first.backends[backend]?.identity)
        }
        // Who believes everybody need not read them.
        let lax = self.preparer(settings(BackendTLSSettings(skipsVerification: true)))
        let believing = try lax.prepare().get()
        #expect(try lax.prepare(previous: believing).get().clients["main"]?.context === believing.clients["main"]?.context)
    }

    @Test func `pools with the same options share what was read, and no sessions`() throws {
        var settings = settings()
        settings.pools.append(PoolSettings(name: "more", backends: [secureBackend("voice.test")]))
        let preparation = try preparer(settings).prepare().get()
        #expect(preparation.clients["more"]?.context === preparation.clients["main"]?.context)
        let more = preparation.backends[BackendKey(pool: "more", backend: "voice.test:9443")]
        #expect(more?.identity != nil && more?.identity !== preparation.backends[one]?.identity)
    }

    @Test func `whose certificate is expected: the backend's host, or the name that is set for the pool`() throws {
        #expect(try preparer(settings()).prepare().get().backends[one]?.identity?.name == "voice.test")
        let named = try preparer(settings(BackendTLSSettings(serverName: "real.test"))).prepare().get()
        #expect(named.backends[one]?.identity?.name == "real.test")
        let address = try preparer(configuration(backends: [secureBackend("::1")])).prepare().get()
        #expect(address.backends[key("[::1]:9443")]?.identity?.name == "::1")
        // The dot that ends a name for the resolver is in no certificate.
        let absolute = try preparer(configuration(backends: [secureBackend("voice.test.")])).prepare().get()
        #expect(absolute.backends[key("voice.test.:9443")]?.identity?.name == "voice.test")
    }

    @Test func `a pool without an encrypted member reads no authorities`() throws {
        let tls = BackendTLSSettings(authorities: "/nowhere/ca.pem")
        let preparation = try Preparer(source: .fixed(configuration(tls: tls))).prepare().get()
        #expect(preparation.clients.isEmpty)
    }

    @Test func `other settings, and other bytes under the same name, end the sessions`() throws {
        let folder = try TemporaryFolder()
        let files = try SelfSignedCertificate.write(names: ["voice.test"], into: folder.path, notBefore: 1000, notAfter: 5000)
        let tls = BackendTLSSettings(authorities: files.certificate)
        let first = try preparer(settings(tls)).prepare().get()
        let identity = try #require(first.backends[one]?.identity)
        #expect(try preparer(settings(tls)).prepare(previous: first).get().backends[one]?.identity === identity)
        var renamed = tls
        renamed.serverName = "else.test"
        #expect(try preparer(settings(renamed)).prepare(previous: first).get().backends[one]?.identity !== identity)
        var lax = tls
        lax.skipsVerification = true
        #expect(try preparer(settings(lax)).prepare(previous: first).get().backends[one]?.identity !== identity)
        // The same bytes, written anew, may be others.
        let name = try #require(files.certificate.split(separator: "/").last.map(String.init))
        try folder.write(name, try SmallFile.read(files.certificate, limit: 1 << 20))
        #expect(try preparer(settings(tls)).prepare(previous: first).get().backends[one]?.identity !== identity)
    }

    @Test func `authorities that are not there are a problem at the pool's line, to run and to check`() throws {
        let preparer = preparer(settings(BackendTLSSettings(authorities: "/nowhere/ca.pem")))
        let problems = try #require(preparer.prepare().problem)
        #expect(problems.errors.map(\.line) == [7])
        #expect(problems.errors.first?.message.contains("/nowhere/ca.pem") == true)
        #expect(preparer.check().errors.map(\.line) == [7])
    }

    @Test func `a key of another certificate is a problem at the certificate's line, and is told with all others`() throws {
        let folder = try TemporaryFolder()
        let other = try TemporaryFolder()
        let files = try SelfSignedCertificate.write(names: ["a.test"], into: folder.path, notBefore: 1000, notAfter: 5000)
        let stranger = try SelfSignedCertificate.write(names: ["b.test"], into: other.path, notBefore: 1000, notAfter: 5000)
        let certificate = CertificateSettings(
            certificate: files.certificate, key: stranger.key, source: SourcePlace(file: "x.yaml", line: 8, path: "pools.main.tls"))
        let settings = settings(BackendTLSSettings(certificate: certificate))
        let preparer = Preparer(source: .fixed(settings), resolver: .each { _ in .failed(.noName) }, now: { 2000 })
        #expect(preparer.check().errors.map(\.line) == [8, 9, 9, 9])
        #expect(preparer.prepare().problem?.errors.count == 4)
    }

    @Test func `a client certificate out of its time is an error to check and a warning to run`() throws {
        let folder = try TemporaryFolder()
        let files = try SelfSignedCertificate.write(names: ["a.test"], into: folder.path, notBefore: 1000, notAfter: 5000)
        let certificate = CertificateSettings(certificate: files.certificate, key: files.key)
        let preparer = preparer(settings(BackendTLSSettings(certificate: certificate)), now: 9000)
        let preparation = try preparer.prepare().get()
        #expect(preparation.warnings.map(\.line) == [7])
        #expect(preparation.certificates == [files.certificate: 5000])
        #expect(preparer.check().errors.map(\.line) == [7])
    }
}
