import COpenSSL

extension TLSFailure {
    /// The failure behind what `SSL_get_verify_result` says of a peer's certificate; the detail has the library's words.
    static func verification(_ result: Int) -> TLSFailure {
        let detail = X509_verify_cert_error_string(result).map { String(cString: $0) } ?? "certificate error \(result)"
        return TLSFailure(reason: reason(ofVerification: Int32(truncatingIfNeeded: result)), detail: detail)
    }

    private static func reason(ofVerification result: Int32) -> Reason {
        switch result {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED, X509_V_ERR_CERT_SIGNATURE_FAILURE:
            .certificateUnknownAuthority
        case X509_V_ERR_CERT_HAS_EXPIRED: .certificateExpired
        case X509_V_ERR_CERT_NOT_YET_VALID: .certificateNotYetValid
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .certificateNameMismatch
        case X509_V_ERR_OUT_OF_MEM: .internal
        default: .certificateOther
        }
    }
}
