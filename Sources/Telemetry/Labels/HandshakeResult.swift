/// How a TLS handshake with a client ended. The words for certificates of servers are here too, so that every failure of TLS
/// has one; they do not occur with clients.
public enum HandshakeResult: String, MetricLabel {
    case ok
    case timeout
    case protocolVersion = "protocol_version"
    case noSharedCipher = "no_shared_cipher"
    case noApplicationProtocol = "no_application_protocol"
    case badServerName = "bad_server_name"
    case badRecord = "bad_record"
    case badMessage = "bad_message"
    case peerAlert = "peer_alert"
    case httpRequest = "http_request"
    case notTLS = "not_tls"
    case unexpectedEnd = "unexpected_eof"
    case certificateUnknownAuthority = "certificate_unknown_authority"
    case certificateExpired = "certificate_expired"
    case certificateNotYetValid = "certificate_not_yet_valid"
    case certificateNameMismatch = "certificate_name_mismatch"
    case certificateOther = "certificate_other"
    case renegotiation
    case keyUpdateFlood = "key_update_flood"
    case alertFlood = "alert_flood"
    case `internal`
    case other

    /// The case whose label text is `label`; `other` when there is none, so that no label can be invented elsewhere.
    public init(named label: StaticString) {
        self = HandshakeResult(rawValue: label.description) ?? .other
    }
}
