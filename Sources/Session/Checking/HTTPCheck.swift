/// One plain request, and what its answer has to be.
public struct HTTPCheck: Sendable, Hashable {
    /// A token; case matters. Not `CONNECT`.
    public var method: String
    /// Path and query, as on the request line.
    public var path: String
    /// The value of `Host`.
    public var host: String
    /// The final status has to be in one of these.
    public var statuses: [ClosedRange<Int>]
    /// What has to stand in the first 16 KiB of the answer, its head counted, byte for byte. nil asks for nothing.
    public var body: String?

    public init(
        method: String = "GET", path: String = "/", host: String, statuses: [ClosedRange<Int>] = [200...299], body: String? = nil
    ) {
        self.method = method
        self.path = path
        self.host = host
        self.statuses = statuses
        self.body = body
    }
}
