import COpenSSL
import Testing

@testable import TLS

/// Whom a client believes (row T17).
@Suite struct VerificationTests {
    let folder: TestFolder
    let authority: TestAuthority

    init() throws {
        folder = try TestFolder()
        authority = try TestAuthority(folder)
    }

    private func context(skips: Bool = false) throws -> ClientContext {
        try ClientContext(ClientOptions(authorities: authority.file, skipsVerification: skips))
    }

    /// How a handshake with a server of that certificate ends.
    private func outcome(
        _ files: CertificateFiles, as name: String, _ context: ClientContext? = nil, _ version: Int32 = TLS1_3_VERSION
    ) throws -> HandshakeStep {
        let context = try context ?? self.context()
        let dialer = try TestEngine(client: BackendIdentity(context: context, name: name))
        let backend = try TestBackend(.init(files: files, minimum: version, maximum: version))
        let outcome = meet(dialer, backend)
        // The server learns of a refusal by an alert.
        if outcome.dialer != .complete { #expect(backend.lastError.contains("alert")) }
        return outcome.dialer
    }

    @Test(arguments: [(TLS1_2_VERSION, "TLSv1.2"), (TLS1_3_VERSION, "TLSv1.3")])
    func `the right name from an authority of ours is spoken to`(version: Int32, label: String) throws {
        let files = try authority.issue("DNS:voice.internal,DNS:other.internal")
        for (name, asked) in [("voice.internal", "voice.internal"), ("Voice.INTERNAL.", "voice.internal")] {
            let dialer = try TestEngine(client: BackendIdentity(context: context(), name: name))
            let backend = try TestBackend(.init(files: files, minimum: version, maximum: version))
            let outcome = meet(dialer, backend)
            #expect(outcome.dialer == .complete && outcome.backend)
            #expect(dialer.version == label && dialer.isHandshakeComplete && !dialer.isResumed)
            #expect(backend.askedName == asked && dialer.serverName == asked)
            #expect(dialer.write([1, 2]) == .done)
            backend.receive(dialer.takeOutput())
            #expect(backend.read() == [1, 2])
            backend.write([3])
            #expect(dialer.read(backend.sent()).bytes == [3])
        }
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `another name is refused`(version: Int32) throws {
        let files = try authority.issue("DNS:voice.internal")
        for name in ["chat.internal", "internal", "a.voice.internal", "voice.internal.example", "127.0.0.1"] {
            #expect(try outcome(files, as: name, nil, version).reason == .certificateNameMismatch)
        }
    }

    @Test func `a star covers one whole label, and no part of one`() throws {
        let star = try authority.issue("DNS:*.example.com")
        #expect(try outcome(star, as: "a.example.com") == .complete)
        #expect(try outcome(star, as: "a.b.example.com").reason == .certificateNameMismatch)
        #expect(try outcome(star, as: "example.com").reason == .certificateNameMismatch)
        let partial = try authority.issue("DNS:voice*.example.com")
        #expect(try outcome(partial, as: "voice1.example.com").reason == .certificateNameMismatch)
    }

    @Test func `a common name is no name`() throws {
        let old = try authority.issue(.init(names: "", commonName: "voice.internal"))
        #expect(try outcome(old, as: "voice.internal").reason == .certificateNameMismatch)
    }

    @Test func `an address is verified as an address, and not asked for by name`() throws {
        let files = try authority.issue("IP:127.0.0.1,IP:2001:db8::1")
        for name in ["127.0.0.1", "2001:db8::1", "2001:DB8:0:0::1"] {
            let dialer = try TestEngine(client: BackendIdentity(context: context(), name: name))
            let backend = try TestBackend(.init(files: files))
            #expect(meet(dialer, backend).dialer == .complete)
            #expect(backend.askedName == nil && dialer.serverName == nil)
        }
        #expect(try outcome(files, as: "127.0.0.2").reason == .certificateNameMismatch)
        #expect(try outcome(files, as: "2001:db8::2").reason == .certificateNameMismatch)
        // The address as text in a DNS name is none.
        #expect(try outcome(authority.issue("DNS:127.0.0.1"), as: "127.0.0.1").reason == .certificateNameMismatch)
    }

    @Test(arguments: ["", "a b", "a..b", "[::1]", "fe80::1%eth0", "1.2.3", "good.internal\0.evil", "*.example.com"])
    func `a name that nobody can have is dialled only where nobody is verified`(name: String) throws {
        #expect(throws: TestEngine.Unavailable.self) {
            try TestEngine(client: BackendIdentity(context: context(), name: name))
        }
        #expect(try outcome(authority.issue("DNS:good.internal"), as: name, context(skips: true)) == .complete)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `a certificate signed by itself, or by a stranger, is refused`(version: Int32) throws {
        let own = try folder.certificate("voice.internal")
        #expect(try outcome(own, as: "voice.internal", nil, version).reason == .certificateUnknownAuthority)
        let stranger = try TestAuthority(folder, name: "Stranger").issue("DNS:voice.internal")
        #expect(try outcome(stranger, as: "voice.internal", nil, version).reason == .certificateUnknownAuthority)
        // The same name does not make the same authority.
        let twin = try TestAuthority(TestFolder())
        #expect(try outcome(twin.issue("DNS:voice.internal"), as: "voice.internal", nil, version).reason == .certificateUnknownAuthority)
        #expect(twin.file != authority.file)
    }

    @Test func `the system's authorities do not know ours`() throws {
        let context = try ClientContext(ClientOptions())
        let files = try authority.issue("DNS:voice.internal")
        #expect(try outcome(files, as: "voice.internal", context).reason == .certificateUnknownAuthority)
    }

    @Test func `a certificate in the file of authorities is believed itself, for its own name`() throws {
        let own = try folder.certificate("voice.internal")
        let context = try ClientContext(ClientOptions(authorities: own.certificate))
        #expect(try outcome(own, as: "voice.internal", context) == .complete)
        #expect(try outcome(own, as: "chat.internal", context).reason == .certificateNameMismatch)
        #expect(try outcome(authority.issue("DNS:voice.internal"), as: "voice.internal", context).reason == .certificateUnknownAuthority)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `a certificate out of its time is refused, and said to be so`(version: Int32) throws {
        let old = try authority.issue(.init(names: "DNS:voice.internal", from: -7200, until: -60))
        #expect(try outcome(old, as: "voice.internal", nil, version).reason == .certificateExpired)
        let young = try authority.issue(.init(names: "DNS:voice.internal", from: 3600, until: 7200))
        #expect(try outcome(young, as: "voice.internal", nil, version).reason == .certificateNotYetValid)
    }

    @Test func `a certificate for another purpose is refused`() throws {
        let files = try authority.issue(.init(names: "DNS:voice.internal", usage: "clientAuth"))
        #expect(try outcome(files, as: "voice.internal").reason == .certificateOther)
    }

    @Test func `an intermediate must be sent, or be believed itself`() throws {
        let intermediate = try TestAuthority(folder, name: "Intermediate", parent: authority)
        let whole = try intermediate.issue("DNS:voice.internal")
        #expect(try outcome(whole, as: "voice.internal") == .complete)
        let short = try intermediate.issue(.init(names: "DNS:voice.internal", hasChain: false))
        #expect(try outcome(short, as: "voice.internal").reason == .certificateUnknownAuthority)
        let believing = try ClientContext(ClientOptions(authorities: intermediate.file))
        #expect(try outcome(short, as: "voice.internal", believing) == .complete)
    }

    @Test func `where verification is skipped every certificate will do`() throws {
        let context = try context(skips: true)
        let expired = try authority.issue(.init(names: "DNS:chat.internal", from: -7200, until: -60))
        for files in [expired, try folder.certificate("elsewhere")] {
            #expect(try outcome(files, as: "voice.internal", context) == .complete)
        }
    }

    @Test func `the detail of a refusal has the library's words and no name of the peer's`() throws {
        let files = try authority.issue(.init(names: "DNS:evil.internal", commonName: "evil"))
        guard case .failed(let failure) = try outcome(files, as: "voice.internal") else {
            Issue.record("it was believed")
            return
        }
        #expect(failure.label.description == "certificate_name_mismatch")
        #expect(!failure.detail.isEmpty && !failure.detail.contains("evil") && !failure.detail.contains("voice"))
    }
}
