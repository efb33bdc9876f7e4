/// An answer that a route gives by itself.
public struct FixedAnswer: Sendable, Hashable {
    /// 200...599, but none of 204, 205, 304 with a body.
    public var status: Int
    /// At most 64 KiB.
    public var body: [UInt8]
    /// The media type of the body; a field value.
    public var contentType: String

    public init(status: Int = 200, body: [UInt8] = [], contentType: String = "text/plain; charset=utf-8") {
        self.status = status
        self.body = body
        self.contentType = contentType
    }
}
