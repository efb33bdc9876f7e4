/// The fields that no rule may touch, because something else is decided by them.
enum FieldOwners {
    /// Which way a head goes.
    enum Direction { case request, response }
    /// What a rule does.
    enum Use: String { case set, add, remove }

    /// Why a rule for a field is refused; nil when it may stand.
    ///
    /// - Parameter name: in lower case.
    static func objection(to use: Use, _ name: String, on direction: Direction) -> TextProblem? {
        if let owner = owner(of: name) {
            return TextProblem(
                "`\(name)` belongs to \(owner), no rule may change it",
                remedy: "remove the rule: Tidegate writes it itself")
        }
        switch (direction, name) {
        case (.request, "cdn-loop"):
            return TextProblem(
                "`cdn-loop` keeps requests from going in circles, no rule may change it", remedy: "remove the rule")
        case (.request, "host") where use != .set:
            return TextProblem(
                "a request has exactly one `host`: it can be set, not \(use == .add ? "added" : "removed")",
                remedy: "write it below `set`, or write host: backend in the pool")
        case (.request, "x-request-id") where use != .set:
            return TextProblem(
                "a request has exactly one `x-request-id`: it can be set, not \(use == .add ? "added" : "removed")",
                remedy: "write it below `set`, or remove the rule")
        case (.response, "host"):
            return TextProblem("`host` is a field of requests", remedy: "write it below `request_headers`")
        default:
            return nil
        }
    }

    /// RFC 9110 7.6.1, RFC 9112 6, RFC 6455 4.
    private static func owner(of name: String) -> String? {
        switch name {
        case "connection", "keep-alive", "proxy-connection", "te", "upgrade": "each connection"
        case "content-length", "transfer-encoding", "trailer", "expect": "the framing of bodies"
        case "sec-websocket-key", "sec-websocket-version", "sec-websocket-accept", "sec-websocket-extensions":
            "the WebSocket handshake"
        default: nil
        }
    }
}
