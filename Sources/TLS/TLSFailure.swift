/// Why a TLS connection cannot go on. The engine that returned it is good for nothing but being freed; what
/// its memory's output holds (an alert, as a rule) should still be sent.
public struct TLSFailure: Error, Sendable, Equatable {
    /// One of few words, fit for a metric's label.
    public enum Reason: Sendable, Equatable, CaseIterable {
        /// No version both sides speak (RFC 8446 4.2.1).
        case protocolVersion
        /// No cipher suite, group or signature algorithm both sides know.
        case noSharedCipher
        /// The client offers application protocols, and `http/1.1` is not among them (RFC 7301 3.2); or a server picked another.
        case noApplicationProtocol
        /// A server name that no host could have (RFC 6066 3).
        case badServerName
        /// A record that does not decrypt, is too long, or has no known type.
        case badRecord
        /// A handshake message that is malformed, or that nobody asked for.
        case badMessage
        /// The peer gave up and said so in an alert.
        case peerAlert
        /// Plain HTTP on a TLS port.
        case httpRequest
        /// Bytes that are no TLS at all.
        case notTLS
        /// The connection ended without close_notify (RFC 8446 6.1). The engine never sees an end: the caller says so.
        case unexpectedEOF
        /// The server's certificate leads to nobody we believe, or is signed by itself.
        case certificateUnknownAuthority
        /// The time of the server's certificate, or of one above it, is over.
        case certificateExpired
        /// The same has not begun: perhaps the clock of this machine is wrong.
        case certificateNotYetValid
        /// The server's certificate is good, and for somebody else.
        case certificateNameMismatch
        /// The server's certificate does not hold for another reason; `detail` has the library's words.
        case certificateOther
        /// A TLS 1.2 peer asked for another handshake.
        case renegotiation
        /// More KeyUpdate messages than any honest peer sends (RFC 8446 4.6.3).
        case keyUpdateFlood
        /// More warning alerts in a row than OpenSSL bears.
        case alertFlood
        /// A fault of ours, or of the library: out of memory, a key that does not sign.
        case `internal`
        /// A protocol error with no name of its own here; `detail` has the library's words.
        case other

        /// The server's certificate is what is wrong. Clients alone meet that.
        public var isCertificate: Bool {
            switch self {
            case .certificateUnknownAuthority, .certificateExpired, .certificateNotYetValid, .certificateNameMismatch, .certificateOther:
                true
            default: false
            }
        }

        public var label: StaticString {
            switch self {
            case .protocolVersion: "protocol_version"
            case .noSharedCipher: "no_shared_cipher"
            case .noApplicationProtocol: "no_application_protocol"
            case .badServerName: "bad_server_name"
            case .badRecord: "bad_record"
            case .badMessage: "bad_message"
            case .peerAlert: "peer_alert"
            case .httpRequest: "http_request"
            case .notTLS: "not_tls"
            case .unexpectedEOF: "unexpected_eof"
            case .certificateUnknownAuthority: "certificate_unknown_authority"
            case .certificateExpired: "certificate_expired"
            case .certificateNotYetValid: "certificate_not_yet_valid"
            case .certificateNameMismatch: "certificate_name_mismatch"
            case .certificateOther: "certificate_other"
            case .renegotiation: "renegotiation"
            case .keyUpdateFlood: "key_update_flood"
            case .alertFlood: "alert_flood"
            case .internal: "internal"
            case .other: "other"
            }
        }
    }

    public var reason: Reason
    /// The library's own words, for a debug log. Never built from bytes the peer chose.
    public var detail: String

    public init(reason: Reason, detail: String) {
        self.reason = reason
        self.detail = detail
    }

    /// The label of `reason`.
    public var label: StaticString { reason.label }

    /// What a caller reports when the peer's FIN came before its close_notify, or in the middle of a handshake.
    public static let unexpectedEOF = TLSFailure(reason: .unexpectedEOF, detail: "the connection ended without close_notify")
}
