/// Reads the PROXY header that begins a connection, version 1 or 2, strictly (HAProxy's proxy-protocol.txt, 2.1 and 2.2).
///
/// Whether there is a header is never guessed: ask only where one must come, and only of peers that are trusted to send it.
public struct ProxyHeaderParser: Sendable {
    /// Bytes that a caller must be able to hold: the longest header that is read.
    public static let maxLength = BinaryProxyHeader.fixedLength + BinaryProxyHeader.maxAnnounced

    /// Looks for a header at the beginning of `bytes`, which are all bytes of the connection so far.
    ///
    /// - Returns: the header, or nil while it is not all here: at most 106 bytes of version 1, 16 + 4095 of version 2.
    /// - Throws: the first reason to refuse it, at the first byte that gives one, the same wherever the input was cut.
    public static func parse(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> ProxyHeader? {
        guard !bytes.isEmpty else { return nil }
        return bytes[0] == ProxyLine.firstByte ? try ProxyLine.parse(bytes) : try BinaryProxyHeader.parse(bytes)
    }
}
