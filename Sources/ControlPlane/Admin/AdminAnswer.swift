/// What the admin endpoint answers.
package struct AdminAnswer: Sendable {
    package var status: Int
    package var contentType = "text/plain; charset=utf-8"
    package var body: [UInt8]
    /// Fields beyond those that every answer carries.
    package var fields: [(name: String, value: String)] = []

    package init(_ status: Int, _ body: [UInt8], contentType: String = "text/plain; charset=utf-8") {
        self.status = status
        self.body = body
        self.contentType = contentType
    }

    /// A line of text.
    package init(_ status: Int, _ text: String) {
        self.init(status, Array("\(text)\n".utf8))
    }
}
