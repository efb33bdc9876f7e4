/// Decides who may use `/api`.
public struct TokenGuard: Sendable {
    /// What to do with a request.
    public enum Verdict: Sendable, Equatable {
        case admit
        /// There is no token, and the endpoint can be reached from elsewhere: `/api` does not exist.
        case absent
        /// The token is missing or wrong.
        case unauthorized
        /// A page of another site made the browser send it.
        case crossSite
    }

    private let bind: AdminBind
    private let token: [UInt8]?

    /// An empty token counts as none.
    public init(bind: AdminBind, token: [UInt8]?) {
        self.bind = bind
        self.token = token.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Judges a request for `/api`. A Unix socket relies on its permissions; a loopback bind without a token on being local;
    /// wherever a token is configured on an address it is asked for.
    public func judge(_ request: AdminRequest) -> Verdict {
        if isCrossSite(request) { return .crossSite }
        if case .unix = bind { return .admit }
        guard let token else { return bind.isLoopback ? .admit : .absent }
        guard let given = bearer(request.authorization) else { return .unauthorized }
        return Self.areEqual(Array(given.utf8), token) ? .admit : .unauthorized
    }

    /// RFC 6750 section 2.1; the scheme's name has no case (RFC 9110 section 11.1).
    private func bearer(_ authorization: String?) -> Substring? {
        guard let authorization, authorization.lowercased().hasPrefix("bearer ") else { return nil }
        return authorization.dropFirst("bearer ".count)
    }

    private func isCrossSite(_ request: AdminRequest) -> Bool {
        if let site = request.fetchSite, site != "same-origin", site != "none" { return true }
        guard let origin = request.origin else { return false }
        guard let host = request.hosts.first else { return true }
        return origin != "http://\(host)" && origin != "https://\(host)"
    }

    /// Takes the same time wherever two texts of equal length differ.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(left, right) { difference |= one ^ other }
        return difference == 0
    }
}
