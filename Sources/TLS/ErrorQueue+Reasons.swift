import COpenSSL

extension ErrorQueue {
    /// The class of a reason code of the SSL library.
    static func reason(ofSSL code: Int32) -> TLSFailure.Reason {
        switch code {
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH, SSL_R_UNKNOWN_PROTOCOL,
            SSL_R_WRONG_SSL_VERSION, SSL_R_BAD_PROTOCOL_VERSION_NUMBER, SSL_R_NO_PROTOCOLS_AVAILABLE,
            SSL_R_INAPPROPRIATE_FALLBACK, SSL_R_BAD_LEGACY_VERSION:
            .protocolVersion
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SUITABLE_GROUPS,
            SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, SSL_R_NO_CIPHERS_SPECIFIED, SSL_R_NO_CIPHERS_AVAILABLE:
            .noSharedCipher
        case SSL_R_NO_APPLICATION_PROTOCOL: .noApplicationProtocol
        case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: .httpRequest
        case SSL_R_WRONG_VERSION_NUMBER: .notTLS
        case SSL_R_UNEXPECTED_EOF_WHILE_READING: .unexpectedEOF
        case SSL_R_NO_RENEGOTIATION: .renegotiation
        case SSL_R_TOO_MANY_KEY_UPDATES: .keyUpdateFlood
        case SSL_R_TOO_MANY_WARN_ALERTS: .alertFlood
        case _ where tidegate_ERR_is_ours(code) == 1: .internal
        default:
            // The library's convention (ssl.h): a received fatal alert is its number added to 1000.
            code >= SSL_AD_REASON_OFFSET ? .peerAlert : recordOrMessageReason(code)
        }
    }

    private static func recordOrMessageReason(_ code: Int32) -> TLSFailure.Reason {
        switch code {
        case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, SSL_R_DECRYPTION_FAILED, SSL_R_BAD_RECORD_TYPE, SSL_R_BAD_LENGTH,
            SSL_R_RECORD_LENGTH_MISMATCH, SSL_R_RECORD_TOO_SMALL, SSL_R_DATA_LENGTH_TOO_LONG, SSL_R_ENCRYPTED_LENGTH_TOO_LONG,
            SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_UNEXPECTED_RECORD, SSL_R_NOT_ON_RECORD_BOUNDARY, SSL_R_BLOCK_CIPHER_PAD_IS_WRONG,
            SSL_R_TOO_MUCH_EARLY_DATA, SSL_R_INVALID_ALERT:
            .badRecord
        case SSL_R_UNEXPECTED_MESSAGE, SSL_R_LENGTH_MISMATCH, SSL_R_LENGTH_TOO_SHORT, SSL_R_LENGTH_TOO_LONG, SSL_R_BAD_EXTENSION,
            SSL_R_EXCESSIVE_MESSAGE_SIZE, SSL_R_BAD_HANDSHAKE_LENGTH, SSL_R_DIGEST_CHECK_FAILED, SSL_R_BAD_CHANGE_CIPHER_SPEC,
            SSL_R_BAD_KEY_SHARE, SSL_R_BAD_KEY_UPDATE, SSL_R_BAD_ECPOINT, SSL_R_BAD_PSK, SSL_R_INVALID_COMPRESSION_ALGORITHM,
            SSL_R_UNSOLICITED_EXTENSION, SSL_R_NO_COMPRESSION_SPECIFIED, SSL_R_RENEGOTIATION_MISMATCH,
            SSL_R_BAD_HELLO_REQUEST, SSL_R_BAD_PACKET, SSL_R_CCS_RECEIVED_EARLY, SSL_R_EXTRA_DATA_IN_MESSAGE:
            .badMessage
        default: .other
        }
    }
}
