/// What of an HTTP request the admin endpoint looks at.
package struct AdminRequest: Sendable {
    package var method: String
    /// The path without its query.
    package var path: String
    /// What follows the `?`; empty without one.
    package var query = ""
    /// Of a POST, at most ``AdminLimits/body`` bytes.
    package var body: [UInt8] = []
    /// All `Host` fields, in order.
    package var hosts: [String]
    package var accept: String?
    package var authorization: String?
    package var origin: String?
    /// `Sec-Fetch-Site`, which a browser sets and a page cannot.
    package var fetchSite: String?

    package init(method: String, path: String, hosts: [String]) {
        self.method = method
        self.path = path
        self.hosts = hosts
    }
}
