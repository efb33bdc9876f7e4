import Wire

/// Cookies of a request (RFC 6265 4.2).
public enum CookieReading {
    /// Where the value of the first cookie of that name is in the head's bytes; nil when the request has none. Several `Cookie` fields
    /// are looked through in order.
    public static func value(of name: [UInt8], in head: RequestHead) -> Range<Int>? {
        let storage = head.headers.bytes
        let bytes = storage.span
        for field in head.headers.fields where field.name.count == 6 {
            guard HeaderName.equal(bytes.extracting(field.name), "cookie") else { continue }
            if let value = NamedValue.cookie(name, in: bytes, field.value) { return value }
        }
        return nil
    }
}
