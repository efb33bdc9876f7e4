/// Why a connection, or a request that no route had matched yet, was refused.
///
/// The texts are those that the parsers of heads and bodies give their own errors, so that a log line and a metric say the
/// same word.
public enum RefusalReason: String, MetricLabel {
    // The connection itself.
    case maxConnections = "max_connections"
    case descriptors
    case draining
    case timeout
    case clientClosed = "client_closed"
    case tlsHandshake = "tls_handshake"
    case proxyProtocol = "proxy_protocol"

    // The head of its request.
    case badRequestLine = "bad_request_line"
    case methodTooLong = "method_too_long"
    case badTarget = "bad_target"
    case badPath = "bad_path"
    case targetTooLong = "target_too_long"
    case connect = "connect_refused"
    case badVersion = "bad_version"
    case unsupportedVersion = "unsupported_version"
    case badLineEnd = "bad_line_end"
    case foldedHeader = "folded_header"
    case badHeaderName = "bad_header_name"
    case badHeaderValue = "bad_header_value"
    case tooManyHeaders = "too_many_headers"
    case headTooLarge = "head_too_large"
    case badHost = "bad_host"
    case hostMismatch = "host_mismatch"
    case badContentLength = "bad_content_length"
    case badTransferEncoding = "bad_transfer_encoding"
    case unsupportedTransferEncoding = "unsupported_transfer_encoding"
    case lengthAndEncoding = "length_and_encoding"
    case unsupportedExpectation = "unsupported_expectation"

    // Its body.
    case badChunkSize = "bad_chunk_size"
    case badChunkExtension = "bad_chunk_extension"
    case chunkExtensionTooLong = "chunk_extension_too_long"
    case badChunkLineEnd = "bad_chunk_line_end"
    case badTrailer = "bad_trailer"
    case forbiddenTrailer = "forbidden_trailer"
    case trailersTooLarge = "trailers_too_large"

    // Its handshake.
    case upgradeMethod = "upgrade_method"
    case upgradeWithBody = "upgrade_with_body"
    case connectionNamesEndToEnd = "connection_names_end_to_end_field"
    case websocketVersion = "websocket_version"
    case websocketKey = "websocket_key"

    // What became of it.
    case notAnUpgrade = "not_an_upgrade"
    case noRoute = "no_route"
    /// It has been through this proxy too often.
    case loop
    case policy
    case `internal`
    case other

    /// The case whose label text is `label`; `other` when there is none, so that no label can be invented elsewhere. All
    /// that can be wrong with a PROXY header is `proxy_protocol`.
    public init(named label: StaticString) {
        let text = label.description
        self = RefusalReason(rawValue: text) ?? (text.hasPrefix("proxy_header_") ? .proxyProtocol : .other)
    }
}
