/// `host [ ":" port ]`, as in the `Host` field and in an absolute target (RFC 9110 7.2, RFC 3986 3.2).
package struct Authority: Hashable, Sendable {
    /// In the compared form, without the port.
    package let host: HostName
    /// 1 to 65535, or nil when none was written (`example.com` and `example.com:` alike).
    package let port: UInt16?

    /// Refuses userinfo, a second port, a port of 0 or past 65535, more than five digits, and whatever `HostName` refuses.
    package init?(_ bytes: ArraySlice<UInt8>) {
        // The colons of an IPv6 literal stand before its closing bracket.
        let afterLiteral = bytes.lastIndex(of: 0x5D) ?? bytes.startIndex
        let colon = bytes[afterLiteral...].firstIndex(of: ASCII.colon) ?? bytes.endIndex
        guard let host = HostName(bytes[..<colon]) else { return nil }
        self.host = host
        let digits = bytes[colon...].dropFirst()
        if digits.isEmpty {
            port = nil
        } else {
            guard digits.count <= 5, let value = BodyFraming.decimal(digits), let number = UInt16(exactly: value), number > 0
            else { return nil }
            port = number
        }
    }
}
