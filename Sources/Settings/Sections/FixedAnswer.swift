/// An answer that a route gives by itself.
package struct FixedAnswer: Sendable, Hashable {
    /// 200...599, but none of 204, 205, 304 with a body.
    package var status: Int
    /// At most 64 KiB.
    package var body: [UInt8]
    /// The media type of the body; a field value.
    package var contentType: String

    package init(status: Int = 200, body: [UInt8] = [], contentType: String = "text/plain; charset=utf-8") {
        self.status = status
        self.body = body
        self.contentType = contentType
    }
}
