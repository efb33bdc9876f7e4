import Session
import Settings
import TLS
import Wire

/// `sticky` of one snapshot's pool: what each backend's cookie is, made beforehand. So a request costs no signature, and a cookie of
/// a backend that this pool has not is none.
final class StickyRuntime: Sendable {
    /// Whom a request's cookie names.
    struct Visit: Sendable, Equatable {
        let index: Int
        /// Signed by the first key. With another one it is believed, and replaced.
        let isCurrent: Bool
    }

    /// Beside a cookie: a cache that many share must not give it to others than the one it is for.
    static let privately = FieldEdits(
        HeaderRules(add: [HeaderRules.Field(name: "Cache-Control", value: Secret(Array("private".utf8)))]))

    private let name: [UInt8]
    private let secure: StickyCookie.Secure
    /// By the cookie's ID, which each key makes another one.
    private let indices: [[UInt8]: Int]
    /// Of each backend, by key.
    private let values: [[[UInt8]]]
    /// Of each backend, without and with `Secure`.
    private let edits: [(open: FieldEdits, secure: FieldEdits)]

    init(_ settings: StickySettings, pool: String, labels: [String]) {
        name = Array(settings.cookie.name.utf8)
        secure = settings.cookie.secure
        let values = labels.map { label in settings.keys.map { Self.value(label, pool: pool, key: $0.bytes) } }
        self.values = values
        indices = values.enumerated().reduce(into: [:]) { indices, backend in
            for value in backend.element { indices[Array(value.prefix(StickyText.idCount))] = backend.offset }
        }
        edits = values.map { values in
            let value = values.first ?? []
            return (Self.edits(settings.cookie, value, isSecure: false), Self.edits(settings.cookie, value, isSecure: true))
        }
    }

    /// Empty, and so nobody's, only if OpenSSL cannot sign.
    private static func value(_ label: String, pool: String, key: [UInt8]) -> [UInt8] {
        let id = StickyText.id(MessageCode.sha256(of: StickyText.message(pool: pool, label: label), key: key))
        let code = MessageCode.sha256(of: StickyText.message(pool: pool, id: id), key: key)
        return code.isEmpty ? [] : StickyText.value(id: id, code: code)
    }

    private static func edits(_ cookie: StickyCookie, _ value: [UInt8], isSecure: Bool) -> FieldEdits {
        guard !value.isEmpty else { return FieldEdits(HeaderRules()) }
        let text = StickyText.setCookie(cookie, value: value, isSecure: isSecure)
        return FieldEdits(HeaderRules(add: [HeaderRules.Field(name: "Set-Cookie", value: Secret(text))]))
    }

    /// The backend that the request's cookie names; nil without one, and for one that none of our keys has signed.
    func visit(of head: RequestHead) -> Visit? {
        guard let range = CookieReading.value(of: name, in: head), range.count == StickyText.count else { return nil }
        let bytes = head.headers.bytes
        guard let index = indices[Array(bytes[range].prefix(StickyText.idCount))] else { return nil }
        let value = bytes.span.extracting(range)
        // All keys are compared, whichever fits: how long it takes tells nothing.
        var fitting: Int?
        for (position, expected) in values[index].enumerated().reversed() where MessageCode.isEqual(value, expected.span) {
            fitting = position
        }
        return fitting.map { Visit(index: index, isCurrent: $0 == 0) }
    }

    /// What brings the client back to this backend.
    /// - Parameter isEncrypted: whether the request came by TLS, as far as we know.
    func edits(forIndex index: Int, isEncrypted: Bool) -> FieldEdits? {
        guard edits.indices.contains(index) else { return nil }
        return switch secure {
        case .always: edits[index].secure
        case .never: edits[index].open
        case .auto: isEncrypted ? edits[index].secure : edits[index].open
        }
    }
}
