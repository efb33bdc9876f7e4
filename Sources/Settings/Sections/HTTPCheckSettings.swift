/// A check by a plain request.
public struct HTTPCheckSettings: Sendable, Hashable {
    public enum Method: String, Sendable, Hashable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case options = "OPTIONS"
        case post = "POST"
    }

    public var method: Method
    /// Perhaps with a query: a request's target as it is sent, at most 2048 bytes.
    public var path: String
    /// A `Host` field's value; nil is the backend's own host and port.
    public var host: String?
    /// What passes: 1 to 32 ranges within 100...599.
    public var statuses: [ClosedRange<Int>]
    /// What the body has to contain, at most 1024 bytes; never with HEAD.
    public var body: String?

    public init(
        method: Method = .get, path: String = "/", host: String? = nil, statuses: [ClosedRange<Int>] = [200...299],
        body: String? = nil
    ) {
        self.method = method
        self.path = path
        self.host = host
        self.statuses = statuses
        self.body = body
    }
}
