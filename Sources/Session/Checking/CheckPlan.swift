/// A check prepared once: the bytes of its request, and what to compare the answer with.
public struct CheckPlan: Sendable, Hashable {
    /// Bytes that each text of a check may have: the path, the host, what is sent, what is looked for.
    public static let longestText = 4096

    public let kind: CheckKind
    /// The request up to the place of a WebSocket key; all of a plain one.
    private let request: [UInt8]
    /// A text to look for: in the body, or in a message.
    let wanted: [UInt8]?

    /// nil for what could not be asked, or never be answered: a text that is too long; a path that does not begin with `/`; anything
    /// but visible ASCII in path, host or subprotocol; a method that is no token, or `CONNECT`; no status; a body wanted of `HEAD`.
    public init?(_ kind: CheckKind) {
        self.kind = kind
        switch kind {
        case .tcp:
            request = []
            wanted = nil
        case .http(let check):
            guard let request = Self.request(check) else { return nil }
            self.request = request
            wanted = check.body.map { Array($0.utf8) }
        case .websocket(let check):
            guard let request = Self.request(check) else { return nil }
            self.request = request
            wanted = check.expect.map { Array($0.utf8) }
        }
        guard (wanted?.count ?? 0) <= Self.longestText else { return nil }
    }

    /// What goes out once the connection stands; `key` is the value of `Sec-WebSocket-Key`.
    func opening(key: [UInt8]) -> [UInt8] {
        guard case .websocket = kind else { return request }
        return request + key + Array("\r\n\r\n".utf8)
    }

    private static func request(_ check: HTTPCheck) -> [UInt8]? {
        guard isToken(check.method), check.method != "CONNECT", isPath(check.path), isValue(check.host), !check.statuses.isEmpty,
            check.method != "HEAD" || check.body == nil
        else { return nil }
        // Where a method lets expect a body, none is announced (RFC 9110 8.6).
        let length = ["POST", "PUT", "PATCH"].contains(check.method) ? "Content-Length: 0\r\n" : ""
        return Array("\(begin(check.method, check.path, check.host))Accept: */*\r\n\(length)Connection: close\r\n\r\n".utf8)
    }

    private static func request(_ check: WebSocketCheck) -> [UInt8]? {
        guard isPath(check.path), isValue(check.host), check.subprotocol.map(isToken) ?? true,
            (check.send?.utf8.count ?? 0) <= longestText
        else { return nil }
        let subprotocol = check.subprotocol.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? ""
        let text =
            begin("GET", check.path, check.host)
            + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\(subprotocol)Sec-WebSocket-Key: "
        return Array(text.utf8)
    }

    private static func begin(_ method: String, _ path: String, _ host: String) -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nUser-Agent: tidegate-check\r\n"
    }

    private static func isPath(_ text: String) -> Bool { text.utf8.first == UInt8(ascii: "/") && isValue(text) }

    /// Nothing that could end the line, or the part of it that it stands in.
    private static func isValue(_ text: String) -> Bool {
        (1...longestText).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// RFC 9110 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
