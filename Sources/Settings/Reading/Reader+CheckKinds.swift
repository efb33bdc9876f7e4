/// What checks of each type ask, and what they want to hear.
extension Reader {
    private static let longestText = 1024
    private static let mostStatuses = 32

    /// Options of other types are not looked at.
    ///
    /// - Parameter type: nil for one that was refused: then all options are.
    mutating func kind(_ type: CheckType?, _ fields: Fields) -> CheckSettings.Kind {
        guard type != .tcp else { return .tcp }
        let path = fields["path"].flatMap { target($0) } ?? "/"
        let host = fields["host"].flatMap { checkHost($0) }
        let http = type != .websocket ? httpCheck(fields, path: path, host: host) : nil
        let webSocket = type != .http ? webSocketCheck(fields, path: path, host: host) : nil
        return http.map { .http($0) } ?? webSocket.map { .websocket($0) } ?? .tcp
    }

    private mutating func httpCheck(_ fields: Fields, path: String, host: String?) -> HTTPCheckSettings {
        var result = HTTPCheckSettings(path: path, host: host)
        if let key = fields["method"] { result.method = choice(key, HTTPCheckSettings.Method.self) ?? result.method }
        if let key = fields["status"] { result.statuses = statuses(key) ?? result.statuses }
        if let key = fields["body"] {
            result.body = shortText(key)
            if result.method == .head {
                error(key, "an answer to HEAD has no body", remedy: "write method: GET, or remove `body`")
            }
        }
        return result
    }

    private mutating func webSocketCheck(_ fields: Fields, path: String, host: String?) -> WebSocketCheckSettings {
        var result = WebSocketCheckSettings(path: path, host: host)
        if let key = fields["subprotocol"] {
            result.subprotocol = parsed(key) { text throws(TextProblem) in
                guard text.utf8.count <= 256, FieldNameText.isToken(text.utf8) else {
                    throw TextProblem("this is no name of a subprotocol", remedy: "write one such as graphql-transport-ws")
                }
                return text
            }
        }
        if let key = fields["ping"] { result.pings = boolean(key) ?? result.pings }
        if let key = fields["send"] {
            result.send = shortText(key)
            if fields["expect"] == nil {
                warn(
                    place(of: key), "the check passes whatever is answered to this, and does not wait for it",
                    remedy: "write `expect` too, or remove `send`")
            }
        }
        if let key = fields["expect"] {
            result.expect = shortText(key)
            if fields["send"] == nil {
                error(key, "nothing is sent that could be answered", remedy: "write `send` too, or ping: true instead")
            }
        }
        return result
    }

    private mutating func target(_ element: Element) -> String? {
        parsed(element) { text throws(TextProblem) in
            try TargetText.validate(text)
            return text
        }
    }

    private mutating func checkHost(_ element: Element) -> String? {
        parsed(element) { text throws(TextProblem) in
            guard HostPolicyText.isHost(Array(text.utf8)) else {
                throw TextProblem(
                    "\(HostText.shown(text)) is no host", remedy: "write what the backend shall see, such as api.example.com")
            }
            return text
        }
    }

    /// One, or a list of them.
    private mutating func statuses(_ element: Element) -> [ClosedRange<Int>]? {
        let items = element.items == nil ? [element] : items(element, of: "statuses", atMost: Self.mostStatuses)
        return items?.compactMap { item in
            parsed(item) { text throws(TextProblem) in try StatusText.read(text) }
        }
    }

    private mutating func shortText(_ element: Element) -> String? {
        guard let text = text(element) else { return nil }
        guard text.utf8.count <= Self.longestText else {
            error(
                element, "the text has \(text.utf8.count) bytes", remedy: "write at most \(SizeText.write(Self.longestText))")
            return nil
        }
        return text
    }
}
