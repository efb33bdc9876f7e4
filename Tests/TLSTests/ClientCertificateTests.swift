import COpenSSL
import Testing

@testable import TLS

/// What a client shows to servers that ask (mTLS).
@Suite struct ClientCertificateTests {
    let folder: TestFolder
    let authority: TestAuthority
    let files: CertificateFiles

    init() throws {
        folder = try TestFolder()
        authority = try TestAuthority(folder)
        files = try authority.issue("DNS:voice.internal")
    }

    private func dialer(_ certificate: CertificateFiles?) throws -> TestEngine {
        let context = try ClientContext(ClientOptions(authorities: authority.file, certificate: certificate))
        return try TestEngine(client: BackendIdentity(context: context, name: "voice.internal"))
    }

    private func backend(_ version: Int32, asking: Bool = true) throws -> TestBackend {
        try TestBackend(.init(files: files, minimum: version, maximum: version, clients: asking ? authority : nil))
    }

    private func own(from issuer: TestAuthority? = nil) throws -> CertificateFiles {
        try (issuer ?? authority).issue(.init(names: "", commonName: "tidegate", usage: "clientAuth"))
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `a certificate is shown to a server that asks, with its chain, and to no other`(version: Int32) throws {
        let asking = try backend(version)
        #expect(meet(try dialer(own()), asking).backend)
        #expect(asking.peerName == "tidegate")

        let chained = try backend(version)
        let intermediate = try TestAuthority(folder, name: "Intermediate", parent: authority)
        #expect(meet(try dialer(own(from: intermediate)), chained).backend)
        #expect(chained.peerName == "tidegate")

        let silent = try backend(version, asking: false)
        #expect(meet(try dialer(own()), silent).backend)
        #expect(silent.peerName == nil)
    }

    @Test func `a server of TLS 1_2 that gets none, or a stranger's, says so in the handshake`() throws {
        let stranger = try TestAuthority(folder, name: "Stranger")
        for certificate in [nil, try own(from: stranger)] {
            let outcome = meet(try dialer(certificate), try backend(TLS1_2_VERSION))
            #expect(outcome.dialer.reason == .peerAlert && !outcome.backend)
        }
    }

    @Test func `a server of TLS 1_3 says it in its first words after ours`() throws {
        let stranger = try TestAuthority(folder, name: "Stranger")
        for certificate in [nil, try own(from: stranger)] {
            let (dialer, backend) = (try dialer(certificate), try backend(TLS1_3_VERSION))
            #expect(dialer.handshake([]) == .wantsInput)
            backend.receive(dialer.takeOutput())
            backend.handshake()
            #expect(dialer.handshake(backend.sent()) == .complete)
            backend.receive(dialer.takeOutput())
            #expect(!backend.handshake())
            let result = dialer.read(backend.sent())
            #expect(result.bytes.isEmpty && result.end.reason == .peerAlert)
        }
    }
}
