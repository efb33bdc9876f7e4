import Settings

/// What the cookie of `sticky` looks like: `ID.CODE`, both in base64url without padding (RFC 4648 5).
///
/// Both come from the key: so the value is the same on every proxy that has it, and nobody else can tell which address an ID stands
/// for, however many he tries. The CODE proves that we wrote it.
public enum StickyText {
    /// Bytes of a value, whatever the backend: 11 of the ID, a dot, 22 of the code.
    public static let count = 34
    /// Bytes of the ID.
    public static let idCount = 11
    /// Bytes that either has before it is text.
    public static let idBytes = 8
    public static let codeBytes = 16

    /// What the ID is the code of: the pool, whose name holds no such byte as stands behind it, and the backend.
    public static func message(pool: String, label: String) -> [UInt8] { Array(pool.utf8) + [0, 0] + Array(label.utf8) }

    /// The ID as text.
    ///
    /// - Parameter code: longer ones are cut to `idBytes`.
    public static func id(_ code: [UInt8]) -> [UInt8] { base64URL(Array(code.prefix(idBytes))) }

    /// What the CODE is made over: the pool and the ID, which has no such byte as begins a label's part above.
    public static func message(pool: String, id: [UInt8]) -> [UInt8] { Array(pool.utf8) + [0] + id }

    /// - Parameter code: longer ones are cut to `codeBytes`.
    public static func value(id: [UInt8], code: [UInt8]) -> [UInt8] {
        id + [UInt8(ascii: ".")] + base64URL(Array(code.prefix(codeBytes)))
    }

    /// The value of `Set-Cookie` (RFC 6265 4.1.1).
    public static func setCookie(_ cookie: StickyCookie, value: [UInt8], isSecure: Bool) -> [UInt8] {
        var text = "; Path=\(cookie.path)"
        if let domain = cookie.domain { text += "; Domain=\(domain)" }
        if let maxAge = cookie.maxAge { text += "; Max-Age=\(max(0, maxAge.components.seconds))" }
        if isSecure { text += "; Secure" }
        if cookie.isHTTPOnly { text += "; HttpOnly" }
        switch cookie.sameSite {
        case .lax: text += "; SameSite=Lax"
        case .strict: text += "; SameSite=Strict"
        case .none: text += "; SameSite=None"
        }
        return Array(cookie.name.utf8) + [UInt8(ascii: "=")] + value + Array(text.utf8)
    }

    /// Three bytes make four characters; what is left over makes one more than it has.
    static func base64URL(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(digit(bits >> UInt32(count)))
            }
        }
        if count > 0 { text.append(digit(bits << UInt32(6 - count))) }
        return text
    }

    private static func digit(_ bits: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: bits & 0x3F)
        return switch value {
        case 0..<26: 0x41 + value
        case 26..<52: 0x61 + (value - 26)
        case 52..<62: 0x30 + (value - 52)
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
    }
}
