import COpenSSL

/// A protocol version a listener or a client may be told to ask for at least.
///
/// Nothing older exists here: TLS 1.0 and 1.1 are refused whatever a configuration says (RFC 8996).
public enum TLSVersion: Sendable {
    case tls12
    case tls13

    var wireValue: Int32 {
        switch self {
        case .tls12: TLS1_2_VERSION
        case .tls13: TLS1_3_VERSION
        }
    }
}
