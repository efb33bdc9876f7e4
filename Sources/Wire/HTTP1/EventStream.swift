/// Server-sent events as a kind of answer (WHATWG HTML 9.2).
public enum EventStream {
    /// Whether the body behind `head` is an event stream whose events can be seen: exactly one `Content-Type` of
    /// `text/event-stream`, with or without parameters, and no `Content-Encoding` but `identity`.
    public static func isEventStream(_ head: borrowing ResponseHead) -> Bool {
        guard let value = head.headers.only(.contentType) else { return false }
        let bytes = head.headers.bytes
        guard ASCII.begins(bytes.span.extracting(value), with: "text/event-stream") else { return false }
        let type = bytes[value].prefix { $0 != ASCII.semicolon }
        guard ASCII.equal(ASCII.trimmed(type), "text/event-stream") else { return false }
        return head.headers.members("Content-Encoding").allSatisfy { ASCII.equal($0, "identity") }
    }
}
