import Session
import Settings
import Testing
import Wire

/// A request head read from lines.
func parsedRequest(_ lines: [String], start: String = "GET /chat?x=1 HTTP/1.1") throws -> RequestHead {
    var parser = RequestHeadParser(limits: HeadLimits(maxHeaders: 1000))
    return try #require(try parser.parse(Array(([start] + lines).joined(separator: "\r\n").utf8 + [13, 10, 13, 10]).span))
}

/// A response head read from lines.
func parsedResponse(_ lines: [String], start: String) throws -> ResponseHead {
    var parser = ResponseHeadParser(limits: HeadLimits(maxHeaders: 1000))
    return try #require(try parser.parse(Array(([start] + lines).joined(separator: "\r\n").utf8 + [13, 10, 13, 10]).span))
}

/// The lines of a written head. It must end in exactly one empty line, and have no other and no stray CR or LF.
func headLines(_ bytes: [UInt8], location: SourceLocation = #_sourceLocation) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines.suffix(2) == ["", ""], sourceLocation: location)
    let head = Array(lines.dropLast(2))
    #expect(head.allSatisfy { !$0.isEmpty && !$0.utf8.contains(10) && !$0.utf8.contains(13) }, sourceLocation: location)
    return head
}

extension ForwardingContext {
    static func plain(trusted: Bool = false) -> ForwardingContext {
        ForwardingContext(clientAddress: Array("192.0.2.7".utf8), clientIsTrusted: trusted, scheme: .https, requestID: "id-1")
    }
}

/// The values of all written lines of that name.
func headValues(_ name: String, _ lines: [String]) -> [String] {
    lines.filter { $0.lowercased().hasPrefix(name.lowercased() + ":") }.map { String($0.dropFirst(name.utf8.count + 2)) }
}

/// Edits made of `Name: value` lines.
func edits(set: [String] = [], add: [String] = [], remove: [String] = []) -> FieldEdits {
    func fields(_ lines: [String]) -> [HeaderRules.Field] {
        lines.map { line in
            let parts = line.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? Array(parts[1].utf8) : []
            return HeaderRules.Field(name: parts.first.map(String.init) ?? "", value: Secret(value))
        }
    }
    return FieldEdits(HeaderRules(set: fields(set), add: fields(add), remove: remove))
}
