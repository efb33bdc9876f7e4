/// What of an HTTP request the admin endpoint looks at.
public struct AdminRequest: Sendable {
    public var method: String
    /// The path without its query.
    public var path: String
    /// What follows the `?`; empty without one.
    public var query = ""
    /// Of a POST, at most ``AdminLimits/body`` bytes.
    public var body: [UInt8] = []
    /// All `Host` fields, in order.
    public var hosts: [String]
    public var accept: String?
    public var authorization: String?
    public var origin: String?
    /// `Sec-Fetch-Site`, which a browser sets and a page cannot.
    public var fetchSite: String?

    public init(method: String, path: String, hosts: [String]) {
        self.method = method
        self.path = path
        self.hosts = hosts
    }
}
