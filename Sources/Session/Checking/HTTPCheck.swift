/// One plain request, and what its answer has to be.
package struct HTTPCheck: Sendable, Hashable {
    /// A token; case matters. Not `CONNECT`.
    package var method: String
    /// Path and query, as on the request line.
    package var path: String
    /// The value of `Host`.
    package var host: String
    /// The final status has to be in one of these.
    package var statuses: [ClosedRange<Int>]
    /// What has to stand in the first 16 KiB of the answer, its head counted, byte for byte. nil asks for nothing.
    package var body: String?

    package init(
        method: String = "GET", path: String = "/", host: String, statuses: [ClosedRange<Int>] = [200...299], body: String? = nil
    ) {
        self.method = method
        self.path = path
        self.host = host
        self.statuses = statuses
        self.body = body
    }
}
