/// `sticky` of a pool.
extension Reader {
    private static let mostStickyKeys = 8
    /// As long as the output of SHA-256 (RFC 2104 3: shorter keys weaken the code).
    private static let leastStickyKey = 32
    private static let cookieKeys = ["name", "path", "domain", "max_age", "secure", "http_only", "same_site"]

    /// Nothing that was refused is shown, as it may be a key.
    mutating func sticky(_ element: Element?) -> StickySettings? {
        let others = ["off", "{ cookie: NAME, keys: [ file:sticky.key ] }"]
        guard let element = unlessOff(element),
            let fields = fields(element, keys: ["cookie", "keys"], or: others)
        else { return nil }
        let keys = stickyKeys(fields)
        guard let written = fields["cookie"] else {
            missing("cookie", in: fields, remedy: "write cookie: NAME")
            return nil
        }
        guard let cookie = stickyCookie(written) else { return nil }
        return StickySettings(cookie: cookie, keys: keys)
    }

    private mutating func stickyKeys(_ fields: Fields) -> [Secret] {
        let make = "make one with: openssl rand -hex 32"
        guard let element = fields["keys"] else {
            missing("keys", in: fields, remedy: "write keys: [ file:sticky.key ]; \(make)")
            return []
        }
        guard let items = items(element, of: "keys", atMost: Self.mostStickyKeys) else { return [] }
        var places: [Secret: String] = [:]
        return items.compactMap { item in
            guard let key = secret(item) else { return nil }
            guard key.bytes.count >= Self.leastStickyKey else {
                error(item, "the key has \(key.bytes.count) bytes, at least \(Self.leastStickyKey) are needed", remedy: make)
                return nil
            }
            if let other = places[key] { error(item, "this key is the same as \(other)", remedy: "remove one") }
            places[key] = item.path
            return key
        }
    }

    /// A name, or a mapping with a `name`.
    private mutating func stickyCookie(_ element: Element) -> StickyCookie? {
        if element.scalar != nil {
            guard let name = cookieName(element) else { return nil }
            let cookie = StickyCookie(name: name)
            checkPrefix(of: cookie, at: element)
            return cookie
        }
        guard let fields = fields(element, keys: Self.cookieKeys) else { return nil }
        var cookie = StickyCookie(name: "")
        if let key = fields["path"] { cookie.path = cookiePath(key) ?? cookie.path }
        if let key = fields["domain"] {
            cookie.domain = parsed(key) { text throws(TextProblem) in try CookieText.domain(text) }
        }
        if let key = fields["max_age"], key.scalar != "session" {
            cookie.maxAge = duration(key, in: .seconds(1) ... .seconds(400 * 24 * 3600))
        }
        if let key = fields["secure"], key.scalar != "auto" {
            cookie.secure = boolean(key).map { $0 ? .always : .never } ?? .auto
        }
        if let key = fields["http_only"] { cookie.isHTTPOnly = boolean(key) ?? cookie.isHTTPOnly }
        if let key = fields["same_site"] {
            cookie.sameSite = choice(key, StickyCookie.SameSite.self) ?? cookie.sameSite
            if cookie.sameSite == .none, cookie.secure == .never {
                error(
                    key, "browsers refuse a cookie of `same_site: none` that is not secure",
                    remedy: "write secure: true, or same_site: lax")
            }
        }
        guard let key = fields["name"] else {
            missing("name", in: fields, remedy: "write name: NAME")
            return nil
        }
        guard let name = cookieName(key) else { return nil }
        cookie.name = name
        checkPrefix(of: cookie, at: key)
        return cookie
    }

    /// Names that browsers take with some attributes only (RFC 6265bis 4.1.3), in any case of letters.
    private mutating func checkPrefix(of cookie: StickyCookie, at element: Element) {
        let name = cookie.name.lowercased()
        let isOfHost = name.hasPrefix("__host-")
        guard isOfHost || name.hasPrefix("__secure-") else { return }
        guard cookie.secure == .always else {
            error(
                element, "browsers refuse a cookie of this name that is not secure",
                remedy: "write secure: true, or a name without the prefix")
            return
        }
        if isOfHost, cookie.domain != nil || cookie.path != "/" {
            error(
                element, "browsers refuse a cookie of this name with a `domain`, or a `path` other than /",
                remedy: "remove them, or choose a name without the prefix")
        }
    }

    private mutating func cookieName(_ element: Element) -> String? {
        parsed(element) { text throws(TextProblem) in
            try CookieText.validateName(text)
            return text
        }
    }

    private mutating func cookiePath(_ element: Element) -> String? {
        parsed(element) { text throws(TextProblem) in
            try CookieText.validatePath(text)
            return text
        }
    }
}
