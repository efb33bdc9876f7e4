/// The host a request is for, in the one form in which hosts are compared: lower case, no port, no trailing dot.
///
/// It is a name of letters, digits, `-`, `_`, `~` and dots between non-empty labels, an IPv4 address, or an IPv6
/// literal in its brackets (`[::1]`). Percent-encoding, userinfo, lists, zone ids and an empty host are refused.
public struct HostName: Hashable, Sendable {
    /// Bytes a name may have (RFC 1035 3.1, less the length bytes).
    public static let maxLength = 253

    /// The compared form; never empty. An IPv6 literal keeps its brackets.
    public let bytes: [UInt8]

    /// The same as text; always ASCII.
    public var text: String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// Takes a host without a port; nil if it is none.
    public init?(_ host: Span<UInt8>) {
        guard host.count > 0 else { return nil }
        if host[0] == 0x5B {
            self.init(literal: host)
        } else {
            let isRooted = host[host.count &- 1] == ASCII.dot
            self.init(name: isRooted ? host.extracting(droppingLast: 1) : host)
        }
    }

    private init?(literal host: Span<UInt8>) {
        let lower = host.copied().map(ASCII.lowercase)
        guard lower.last == 0x5D, lower.count > 2 else { return nil }
        let inner = lower.dropFirst().dropLast()
        guard inner.contains(ASCII.colon), IPAddress(String(decoding: inner, as: UTF8.self)) != nil else { return nil }
        bytes = lower
    }

    private init?(name: Span<UInt8>) {
        guard let spelling = HostName.spelling(of: name) else { return nil }
        let copy = name.copied()
        bytes = spelling == .mixed ? copy.map(ASCII.lowercase) : copy
    }

    /// - Parameter compared: bytes that `isCompared` is true of.
    init(compared bytes: ArraySlice<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// Whether these bytes are a name in the compared form as they stand.
    static func isCompared(_ name: Span<UInt8>) -> Bool { spelling(of: name) == .lower }

    private enum Spelling {
        case lower, mixed
    }

    /// Of a name without its final dot; nil if it is none.
    private static func spelling(of name: Span<UInt8>) -> Spelling? {
        guard name.count > 0, name.count <= HostName.maxLength else { return nil }
        var previous = ASCII.dot
        var hasUpperCase = false
        for index in name.indices {
            let byte = name[index]
            guard ASCII.isUnreserved(byte), byte != ASCII.dot || previous != ASCII.dot else { return nil }
            if byte != ASCII.lowercase(byte) { hasUpperCase = true }
            previous = byte
        }
        guard previous != ASCII.dot else { return nil }
        return hasUpperCase ? .mixed : .lower
    }
}
