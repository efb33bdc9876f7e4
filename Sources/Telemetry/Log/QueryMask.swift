/// Hides the values of secret-looking keys in a query string before it is logged.
///
/// A key is judged after percent-decoding, without regard to case, and by its letters and digits alone, so `Access%5fToken`
/// and `auth[api-key]` are seen through. A value that looks like a JSON Web Token is hidden whatever its key is called, and so
/// is a piece without `=` that looks like one. Rather one value too many is hidden than one too few.
public enum QueryMask {
    /// What stands in the log in place of a secret.
    public static let mask = "***"

    /// Keys that are secret if their letters and digits are exactly these.
    private static let exact: Set<String> = [
        "key", "sig", "code", "pass", "sid", "pin", "otp", "ticket", "state", "nonce", "hmac", "psk", "cred", "assertion",
    ]
    /// Keys that are secret if these stand anywhere in them.
    private static let parts = [
        "token", "secret", "passw", "passphrase", "pwd", "auth", "jwt", "bearer", "session", "sess", "credential",
        "signature", "cookie", "apikey", "accesskey", "privatekey", "secretkey", "saml",
    ]

    /// The query (without its `?`), its secrets hidden.
    public static func masked(_ query: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        append(query, to: &bytes)
        return bytes
    }

    /// Appends the query, its secrets hidden. Looks no further than the bytes a log field can hold, whose end is told by `...`.
    public static func append(_ query: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let visible = query.prefix(LogLine.fieldLimit)
        var start = visible.startIndex
        for place in visible.indices where isSeparator(visible[place]) {
            appendPair(visible[start..<place], to: &bytes)
            bytes.append(visible[place])
            start = place + 1
        }
        appendPair(visible[start...], to: &bytes)
        if visible.count < query.count { bytes.append(contentsOf: "...".utf8) }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "&") || byte == UInt8(ascii: ";")
    }

    private static func appendPair(_ pair: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else {
            if looksLikeToken(pair) {
                bytes.append(contentsOf: mask.utf8)
            } else {
                bytes.append(contentsOf: pair)
            }
            return
        }
        let key = pair[..<equals]
        let value = pair[(equals + 1)...]
        bytes.append(contentsOf: pair[...equals])
        if !value.isEmpty && (isSecret(key) || looksLikeToken(value)) {
            bytes.append(contentsOf: mask.utf8)
        } else {
            bytes.append(contentsOf: value)
        }
    }

    /// Whether a key's value must not be logged.
    public static func isSecret(_ key: ArraySlice<UInt8>) -> Bool {
        let name = letters(of: key)
        return exact.contains(name) || name.hasSuffix("key") || parts.contains { name.contains($0) }
    }

    /// `eyJ` is how base64 of `{"` begins: the head of every JSON Web Token (RFC 7519).
    private static func looksLikeToken(_ value: ArraySlice<UInt8>) -> Bool {
        value.starts(with: "eyJ".utf8)
    }

    /// The ASCII letters and digits of a key, percent-decoded and lowercased. What is encoded twice is decoded twice.
    private static func letters(of key: ArraySlice<UInt8>) -> String {
        let plain = decoded(Array(decoded(key))[...])
        var name = ""
        for byte in plain {
            let lower = byte | 0x20
            if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower) && byte >= 0x41 {
                name.unicodeScalars.append(Unicode.Scalar(lower))
            } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                name.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return name
    }

    private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(hex),
                let low = rest.dropFirst().first.flatMap(hex)
            {
                plain.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                plain.append(byte)
            }
        }
        return plain
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
