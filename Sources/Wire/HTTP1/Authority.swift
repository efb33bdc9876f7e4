/// `host [ ":" port ]`, as in the `Host` field and in an absolute target (RFC 9110 7.2, RFC 3986 3.2).
public struct Authority: Hashable, Sendable {
    /// In the compared form, without the port.
    public let host: HostName
    /// 1 to 65535, or nil when none was written (`example.com` and `example.com:` alike).
    public let port: UInt16?

    /// Refuses userinfo, a second port, a port of 0 or past 65535, more than five digits, and whatever `HostName` refuses.
    public init?(_ bytes: Span<UInt8>) {
        guard let parts = Authority.parts(bytes), let host = HostName(bytes.extracting(0..<parts.hostEnd)) else { return nil }
        self.host = host
        port = parts.port
    }

    /// Where the host ends, and the port behind it; nil for a port that is none.
    static func parts(_ bytes: Span<UInt8>) -> (hostEnd: Int, port: UInt16?)? {
        // The colons of an IPv6 literal stand before its closing bracket.
        let colon = Authority.portColon(bytes) ?? bytes.count
        guard colon &+ 1 < bytes.count else { return (colon, nil) }
        let digits = bytes.extracting((colon &+ 1)..<bytes.count)
        guard digits.count <= 5, let value = BodyFraming.decimal(digits), let number = UInt16(exactly: value), number > 0
        else { return nil }
        return (colon, number)
    }

    /// The first colon behind the last closing bracket, if there is one.
    private static func portColon(_ bytes: Span<UInt8>) -> Int? {
        var colon: Int?
        for index in bytes.indices {
            if bytes[index] == 0x5D {
                colon = nil
            } else if bytes[index] == ASCII.colon, colon == nil {
                colon = index
            }
        }
        return colon
    }
}
