import Foundation
import Telemetry
import Testing

@Suite("Log lines")
struct LogLineTests {
    private let time: Int64 = 1_795_394_837_123

    private func line(_ format: LogFormat, _ fill: (inout LogLine) -> Void) -> String {
        var line = LogLine(format: format, level: .info, event: "tunnel_opened", unixMilliseconds: time)
        fill(&line)
        return String(decoding: line.finish(), as: UTF8.self)
    }

    private func object(_ fill: (inout LogLine) -> Void) throws -> [String: Any] {
        let text = line(.json, fill)
        #expect(text.hasSuffix("}\n"))
        #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("text begins with time, level and event, and quotes only what needs it")
    func text() {
        let text = line(.text) {
            $0.field("id", "7f")
            $0.field("path", "/a b")
            $0.field("empty", "")
            $0.field("n", 3)
            $0.field("tls", true)
            $0.seconds("duration", nanoseconds: 1_002_003_004)
        }
        let expected =
            #"2026-11-23T00:47:17.123Z info tunnel_opened id=7f path="/a b" empty="" n=3 tls=true duration=1.002003"#
        #expect(text == expected + "\n")
    }

    @Test("JSON carries each kind of value as its own kind")
    func json() throws {
        let object = try object {
            $0.field("id", "7f")
            $0.field("n", UInt64.max)
            $0.field("minus", -5)
            $0.field("share", 0.25)
            $0.field("nan", Double.nan)
            $0.field("no", false)
            $0.field("gone", nil as String?)
            $0.seconds("duration", nanoseconds: 1_500_000)
        }
        #expect(object["time"] as? String == "2026-11-23T00:47:17.123Z")
        #expect(object["level"] as? String == "info")
        #expect(object["event"] as? String == "tunnel_opened")
        #expect(object["id"] as? String == "7f")
        #expect((object["n"] as? NSNumber)?.uint64Value == UInt64.max)
        #expect(object["minus"] as? Int == -5)
        #expect(object["share"] as? Double == 0.25)
        #expect(object["nan"] is NSNull)
        #expect(object["no"] as? Bool == false)
        #expect(object["gone"] == nil)
        #expect(object["duration"] as? Double == 0.0015)
    }

    @Test("A6: a value that looks like another line or another field stays one value")
    func injection() throws {
        let attack = Array("x\" \nlevel=error event=\"owned".utf8)
        let object = try object { $0.field("agent", attack) }
        #expect(object["agent"] as? String == String(decoding: attack, as: UTF8.self))
        #expect(object.count == 4)
        let text = line(.text) { $0.field("agent", attack) }
        #expect(text.hasSuffix(#" agent="x\" \x0alevel=error event=\"owned""# + "\n"))
        #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
    }

    @Test("A6: 64 KiB in one field are cut, and the line says so by its dots")
    func longField() throws {
        let object = try object { $0.field("path", [UInt8](repeating: UInt8(ascii: "a"), count: 65_536)) }
        let path = try #require(object["path"] as? String)
        #expect(path == String(repeating: "a", count: LogLine.fieldLimit) + "...")
    }

    @Test("A6: many long fields are left out past the line's bound, and the line stays valid and says so")
    func longLine() throws {
        let long = [UInt8](repeating: 0x01, count: 4096)
        let fill: (inout LogLine) -> Void = { line in
            line.field("a", long)
            line.field("b", long)
            line.field("c", long)
            line.field("d", long)
            line.field("e", long)
            line.field("f", long)
            line.field("g", long)
            line.field("h", long)
            line.field("i", long)
            line.field("n", 1)
        }
        let object = try object(fill)
        #expect(object["truncated"] as? Bool == true)
        #expect(object["a"] != nil)
        #expect(object["i"] == nil)
        #expect(object["n"] as? Int == 1)
        #expect(line(.json, fill).utf8.count <= LogLine.lineLimit)
        #expect(line(.text, fill).utf8.count <= LogLine.lineLimit)
        #expect(line(.text, fill).hasSuffix(" n=1 truncated=true\n"))
    }

    @Test("a target shows its path, and its query with secrets hidden")
    func target() throws {
        let object = try object {
            $0.target("path", path: Array("/ws".utf8), query: Array("room=1&token=abc".utf8)[...])
        }
        #expect(object["path"] as? String == "/ws?room=1&token=***")
        let bare = try self.object { $0.target("path", path: Array("/ws".utf8), query: nil) }
        #expect(bare["path"] as? String == "/ws")
    }
}
