import Telemetry
import TLS
import Testing
import Wire

/// The words that parsers give their errors are the words of the metrics: a new error must not fall under `other` unseen.
@Suite("Labels and the errors they stand for")
struct CountersLabelTests {
    @Test("every reason to refuse a request's head has a label of its own", arguments: RequestHeadError.allCases)
    func heads(_ error: RequestHeadError) {
        #expect(RefusalReason(named: error.reason).rawValue == error.reason.description)
    }

    @Test("every reason to refuse a chunked body has a label of its own", arguments: ChunkedError.allCases)
    func bodies(_ error: ChunkedError) {
        #expect(RefusalReason(named: error.reason).rawValue == error.reason.description)
        #expect(RequestFailureReason(named: error.reason) == .bodyInvalid)
    }

    @Test("every reason to refuse a backend's head counts as an invalid answer", arguments: ResponseHeadError.allCases)
    func answers(_ error: ResponseHeadError) {
        #expect(UpgradeFailureReason(named: error.reason) == .backendInvalid)
        #expect(RequestFailureReason(named: error.reason) == .backendInvalid)
    }

    @Test("whatever is wrong with a PROXY header counts as one thing", arguments: ProxyHeaderError.allCases)
    func proxyHeaders(_ error: ProxyHeaderError) {
        #expect(RefusalReason(named: error.reason) == .proxyProtocol)
    }

    @Test("every failure of TLS has a result of its own", arguments: TLSFailure.Reason.allCases)
    func handshakes(_ reason: TLSFailure.Reason) {
        #expect(HandshakeResult(named: reason.label).rawValue == reason.label.description)
    }
}
