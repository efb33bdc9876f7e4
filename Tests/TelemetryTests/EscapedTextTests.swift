import Foundation
import Telemetry
import Testing

@Suite("Escaping of what others chose")
struct EscapedTextTests {
    private func escaped(_ bytes: [UInt8], _ format: LogFormat, limit: Int = 1024) -> String {
        var output: [UInt8] = []
        EscapedText.append(bytes.span, as: format, limit: limit, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test("A6: CR, LF, ESC and NUL never reach a line, in either format")
    func controls() {
        let bytes: [UInt8] = [0x61, 0x0D, 0x0A, 0x1B, 0x00, 0x7F, 0x62]
        #expect(escaped(bytes, .text) == #"a\x0d\x0a\x1b\x00\x7fb"#)
        #expect(escaped(bytes, .json) == #"a\u000d\u000a\u001b\u0000\u007fb"#)
    }

    @Test("A6: every byte that is no valid UTF-8 stays visible as hex", arguments: [
        [0xFF], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80], [0xC3],
        [0xF0, 0x80, 0x80, 0x80],
    ] as [[UInt8]])
    func invalid(_ bytes: [UInt8]) {
        let hex = bytes.map { "\\x" + String($0, radix: 16) }.joined()
        #expect(escaped(bytes, .text) == hex)
        #expect(escaped(bytes, .json) == hex.replacingOccurrences(of: "\\", with: "\\\\"))
    }

    @Test("A6: C1 controls, line separators and bidirectional overrides are escaped", arguments: [
        "\u{85}", "\u{9B}", "\u{2028}", "\u{2029}", "\u{202E}", "\u{2066}", "\u{FEFF}",
    ])
    func dangerous(_ text: String) throws {
        let bytes = Array(text.utf8)
        #expect(escaped(bytes, .text) == bytes.map { "\\x" + String($0, radix: 16) }.joined())
        let json = escaped(bytes, .json)
        #expect(json.utf8.allSatisfy { $0 < 0x80 })
        #expect(try decoded(json) == text)
    }

    @Test("ordinary text in any script passes unchanged")
    func ordinary() {
        let text = "Grüße, 世界 🌊 | /chat?a=b"
        #expect(escaped(Array(text.utf8), .text) == text)
        #expect(escaped(Array(text.utf8), .json) == text)
    }

    @Test("quotes and backslashes are escaped so that a value cannot end itself")
    func quotes() throws {
        let text = #"a" b=\"c\"#
        #expect(escaped(Array(text.utf8), .text) == #"a\" b=\\\"c\\"#)
        #expect(try decoded(escaped(Array(text.utf8), .json)) == text)
    }

    @Test("a cut never divides a character or an escape", arguments: 0...40)
    func cut(_ limit: Int) throws {
        let source = Array("a\u{1B}世\u{202E}🌊".utf8) + [0xFF, 0x62]
        for format in [LogFormat.text, .json] {
            let whole = escaped(source, format)
            let part = escaped(source, format, limit: limit)
            if whole.utf8.count <= limit {
                #expect(part == whole)
            } else {
                #expect(part.hasSuffix("..."))
                #expect(part.utf8.count <= limit + 3)
                #expect(whole.hasPrefix(part.dropLast(3)))
                #expect(!part.unicodeScalars.contains("\u{FFFD}"))
            }
            if format == .json { _ = try decoded(part) }
        }
    }

    @Test("any single and double byte gives valid JSON of one line")
    func exhaustive() throws {
        for first in UInt8.min...UInt8.max {
            for second in [UInt8(0x00), 0x22, 0x5C, 0x80, 0xBF, 0xC2, 0xE2, 0xFF] {
                let json = escaped([first, second], .json)
                _ = try decoded(json)
                #expect(json.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            }
        }
    }

    private func decoded(_ json: String) throws -> String {
        let value = try JSONSerialization.jsonObject(with: Data("[\"\(json)\"]".utf8))
        return try #require((value as? [String])?.first)
    }
}
