/// Clients come back to their backend by a signed cookie.
public struct StickySettings: Sendable, Hashable {
    public var cookie: StickyCookie
    /// 1 to 8, of at least 32 bytes each, none twice. The first signs, all of them are believed: a new one is put first, an
    /// old one is removed when no cookie of it is left.
    public var keys: [Secret]

    public init(cookie: StickyCookie, keys: [Secret]) {
        self.cookie = cookie
        self.keys = keys
    }
}
