/// The cookie that brings a client back to its backend, as `Set-Cookie` describes it (RFC 6265 4.1).
public struct StickyCookie: Sendable, Hashable {
    /// Whether only TLS may carry it.
    public enum Secure: Sendable, Hashable {
        /// When the request that it answers came by TLS.
        case auto
        case always
        case never
    }

    /// To which requests from other sites browsers add it.
    public enum SameSite: String, Sendable, Hashable, CaseIterable {
        case lax, strict
        /// To all; browsers take such a cookie only with `Secure`.
        case none
    }

    /// A token of at most 128 bytes.
    public var name: String
    /// Begins with `/`; visible ASCII without `;` and `,`.
    public var path: String
    /// In lower case; nil sends no `Domain`: then the cookie belongs to the request's host alone.
    public var domain: String?
    /// 1 s...400 days, to be sent in whole seconds; nil is until the browser ends.
    public var maxAge: Duration?
    public var secure: Secure
    /// Scripts do not see it.
    public var isHTTPOnly: Bool
    public var sameSite: SameSite

    public init(
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
