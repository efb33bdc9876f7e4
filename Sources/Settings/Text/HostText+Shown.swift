extension HostText {
    /// A text that should be a host, perhaps with a port, as a message may show it: in backquotes, or `this` when it holds what
    /// no host and port do. Then there may be a password in it, as in `user:XYZ@host`, `host?key=XYZ` or `Bearer XYZ`.
    static func shown(_ text: some StringProtocol) -> String {
        isShown(text) ? "`\(String(text).clipped)`" : "this"
    }

    /// True for letters, digits and what else hosts are written with; behind a colon only for digits of a port or an IPv6 address.
    static func isShown(_ text: some StringProtocol) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return text.utf8.allSatisfy(isShown) && parts.dropFirst().allSatisfy { part in
                part.allSatisfy(isAddress) && (part.count <= 5 || part.contains(UInt8(ascii: ".")))
            }
    }

    private static func isShown(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...0xff: true
        case UInt8(ascii: "_"), UInt8(ascii: "*"): true
        default: isAddress(byte) || byte == UInt8(ascii: ":")
        }
    }

    private static func isAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "["), UInt8(ascii: "]"): true
        default: false
        }
    }
}
