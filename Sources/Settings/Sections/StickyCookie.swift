/// The cookie that brings a client back to its backend, as `Set-Cookie` describes it (RFC 6265 4.1).
package struct StickyCookie: Sendable, Hashable {
    /// Whether only TLS may carry it.
    package enum Secure: Sendable, Hashable {
        /// When the request that it answers came by TLS.
        case auto
        case always
        case never
    }

    /// To which requests from other sites browsers add it.
    package enum SameSite: String, Sendable, Hashable, CaseIterable {
        case lax, strict
        /// To all; browsers take such a cookie only with `Secure`.
        case none
    }

    /// A token of at most 128 bytes.
    package var name: String
    /// Begins with `/`; visible ASCII without `;` and `,`.
    package var path: String
    /// In lower case; nil sends no `Domain`: then the cookie belongs to the request's host alone.
    package var domain: String?
    /// 1 s...400 days, to be sent in whole seconds; nil is until the browser ends.
    package var maxAge: Duration?
    package var secure: Secure
    /// Scripts do not see it.
    package var isHTTPOnly: Bool
    package var sameSite: SameSite

    package init(
        name: String, path: String = "/", domain: String? = nil, maxAge: Duration? = nil, secure: Secure = .auto,
        isHTTPOnly: Bool = true, sameSite: SameSite = .lax
    ) {
        self.name = name
        self.path = path
        self.domain = domain
        self.maxAge = maxAge
        self.secure = secure
        self.isHTTPOnly = isHTTPOnly
        self.sameSite = sameSite
    }
}
