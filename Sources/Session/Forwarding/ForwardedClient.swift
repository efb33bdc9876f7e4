import Wire

/// Finds the client behind proxies that we trust.
public enum ForwardedClient {
    /// The rightmost address of `X-Forwarded-For` that is none of `trusted`: each proxy appends whom it saw, so everything left
    /// of the first stranger is that stranger's word. nil when there is no such address, or something else stands in its place.
    ///
    /// Ask only when the peer itself is trusted.
    public static func address(in head: borrowing RequestHead, trusted: [CIDR]) -> IPAddress? {
        for value in head.headers.members("X-Forwarded-For").reversed() {
            guard let address = address(value) else { return nil }
            if !trusted.contains(where: { $0.contains(address) }) { return address }
        }
        return nil
    }

    /// An address, or one with a port as some proxies write it: `203.0.113.9:4711`, `[2001:db8::9]:4711`, `[2001:db8::9]`.
    private static func address(_ value: ArraySlice<UInt8>) -> IPAddress? {
        if let plain = IPAddress(String(decoding: value, as: UTF8.self)) { return plain }
        guard let host = value.first == UInt8(ascii: "[") ? bracketed(value) : withoutPort(value) else { return nil }
        return IPAddress(String(decoding: host, as: UTF8.self))
    }

    private static func bracketed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = value.firstIndex(of: UInt8(ascii: "]")) else { return nil }
        let rest = value[end...].dropFirst()
        guard rest.isEmpty || (rest.first == UInt8(ascii: ":") && isPort(rest.dropFirst())) else { return nil }
        return value[..<end].dropFirst()
    }

    private static func withoutPort(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let colon = value.firstIndex(of: UInt8(ascii: ":")), isPort(value[colon...].dropFirst()) else { return nil }
        return value[..<colon]
    }

    private static func isPort(_ digits: ArraySlice<UInt8>) -> Bool {
        (1...5).contains(digits.count) && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
