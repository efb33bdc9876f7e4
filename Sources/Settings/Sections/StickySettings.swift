/// Clients come back to their backend by a signed cookie.
package struct StickySettings: Sendable, Hashable {
    package var cookie: StickyCookie
    /// 1 to 8, of at least 32 bytes each, none twice. The first signs, all of them are believed: a new one is put first, an
    /// old one is removed when no cookie of it is left.
    package var keys: [Secret]

    package init(cookie: StickyCookie, keys: [Secret]) {
        self.cookie = cookie
        self.keys = keys
    }
}
