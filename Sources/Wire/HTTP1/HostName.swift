/// The host a request is for, in the one form in which hosts are compared: lower case, no port, no trailing dot.
///
/// It is a name of letters, digits, `-`, `_`, `~` and dots between non-empty labels, an IPv4 address, or an IPv6
/// literal in its brackets (`[::1]`). Percent-encoding, userinfo, lists, zone ids and an empty host are refused.
package struct HostName: Hashable, Sendable {
    /// Bytes a name may have (RFC 1035 3.1, less the length bytes).
    package static let maxLength = 253

    /// The compared form; never empty. An IPv6 literal keeps its brackets.
    package let bytes: [UInt8]

    /// The same as text; always ASCII.
    package var text: String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// Takes a host without a port; nil if it is none.
    package init?(_ host: some Collection<UInt8>) {
        let lower = host.map(ASCII.lowercase)
        if lower.first == 0x5B {
            guard lower.last == 0x5D, lower.count > 2 else { return nil }
            let inner = lower.dropFirst().dropLast()
            guard inner.contains(ASCII.colon), IPAddress(String(decoding: inner, as: UTF8.self)) != nil else { return nil }
            bytes = lower
            return
        }
        let name = lower.last == ASCII.dot ? Array(lower.dropLast()) : lower
        guard !name.isEmpty, name.count <= HostName.maxLength else { return nil }
        var previous = ASCII.dot
        for byte in name {
            guard ASCII.isUnreserved(byte), byte != ASCII.dot || previous != ASCII.dot else { return nil }
            previous = byte
        }
        guard previous != ASCII.dot else { return nil }
        bytes = name
    }
}
