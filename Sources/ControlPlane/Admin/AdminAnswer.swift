/// What the admin endpoint answers.
public struct AdminAnswer: Sendable {
    public var status: Int
    public var contentType = "text/plain; charset=utf-8"
    public var body: [UInt8]
    /// Fields beyond those that every answer carries.
    public var fields: [(name: String, value: String)] = []

    public init(_ status: Int, _ body: [UInt8], contentType: String = "text/plain; charset=utf-8") {
        self.status = status
        self.body = body
        self.contentType = contentType
    }

    /// A line of text.
    public init(_ status: Int, _ text: String) {
        self.init(status, Array("\(text)\n".utf8))
    }
}
