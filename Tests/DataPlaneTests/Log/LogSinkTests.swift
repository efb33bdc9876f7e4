import DataPlane
import Foundation
import Telemetry
import Testing

@Suite("Lines and the queue they wait in")
struct LogSinkTests {
    private let second: UInt64 = 1_000_000_000

    private func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("lines below the level are not built; a reload can change the level")
    func levels() {
        let sink = LogSink(level: .warn, format: .text)
        var built: [String] = []
        sink.emit(.info, "a") { _ in built.append("a") }
        sink.emit(.error, "b") { _ in built.append("b") }
        sink.setLevel(.debug)
        sink.emit(.debug, "c") { _ in built.append("c") }
        #expect(built == ["b", "c"])
        #expect(sink.isEnabled(.debug))
    }

    @Test("a full queue drops the line and counts it, without anybody writing")
    func bounded() {
        let sink = LogSink(level: .info, format: .text, capacity: 100)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 39) + [UInt8(ascii: "\n")]
        for _ in 0..<5 { sink.post(line) }
        #expect(sink.dropped.load() == 3)
        sink.post([UInt8](repeating: UInt8(ascii: "y"), count: 21))
        #expect(sink.dropped.load() == 4)
        sink.post([UInt8](repeating: UInt8(ascii: "z"), count: 20))
        #expect(sink.dropped.load() == 4)
    }

    @Test("lines of many threads arrive whole, each thread's in its order", arguments: [false, true])
    func order(socket: Bool) throws {
        let pipe = LogPipe(socket: socket)
        let sink = LogSink(level: .info, format: .json)
        let writer = try LogWriter(sink: sink, target: .descriptor(pipe.writer))
        let threads = 4
        let each = 500
        // Threads, not tasks: this test blocks in a read, and must not wait for a place among the tasks.
        for thread in 0..<threads {
            Thread.detachNewThread {
                for number in 0..<each {
                    sink.emit(.info, "e") {
                        $0.field("thread", thread)
                        $0.field("n", number)
                    }
                }
            }
        }
        let bytes = pipe.read { $0.count { $0 == UInt8(ascii: "\n") } == threads * each }
        #expect(writer.stop(nanoseconds: 5 * second))
        var next = [Int](repeating: 0, count: threads)
        for line in lines(bytes) {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let thread = try #require(object["thread"] as? Int)
            #expect(object["n"] as? Int == next[thread])
            next[thread] += 1
        }
        #expect(next == [Int](repeating: each, count: threads))
        #expect(sink.dropped.load() == 0)
    }

    @Test("R24: a reader that reads nothing stalls no one; every line arrives whole or is counted", arguments: [false, true])
    func stalled(socket: Bool) throws {
        let pipe = LogPipe(socket: socket)
        let sink = LogSink(level: .info, format: .text, capacity: 1 << 20)
        let writer = try LogWriter(sink: sink, target: .descriptor(pipe.writer), stallMilliseconds: 20)
        let count = 20_000
        for number in 0..<count { sink.emit(.info, "flood") { $0.field("n", number) } }
        #expect(writer.flush(nanoseconds: 20 * second))
        #expect(sink.dropped.load() > 0)
        // The reader comes back: what follows is whole again, not glued to a line that was cut.
        sink.emit(.info, "after")
        let bytes = pipe.read { String(decoding: $0.suffix(8), as: UTF8.self) == " after\n" }
        #expect(writer.stop(nanoseconds: 5 * second))
        let arrived = lines(bytes)
        let whole = arrived.filter { $0.contains(" info flood n=") && isWhole($0, below: count) }
        #expect(arrived.last?.hasSuffix("info after") == true)
        #expect(arrived.count - whole.count <= 2)
        // A line cut by the stall may look whole by chance when only its last digits are missing.
        let known = UInt64(whole.count) + sink.dropped.load()
        #expect(known == UInt64(count) || known == UInt64(count) + 1)
    }

    private func isWhole(_ line: String, below bound: Int) -> Bool {
        guard let equals = line.lastIndex(of: "="), let number = Int(line[line.index(after: equals)...]) else { return false }
        return number < bound
    }

    @Test("R24: a reader that went away costs lines, never the process", arguments: [false, true])
    func brokenPipe(socket: Bool) throws {
        let pipe = LogPipe(socket: socket)
        pipe.closeReader()
        let sink = LogSink(level: .info, format: .text)
        let writer = try LogWriter(sink: sink, target: .descriptor(pipe.writer))
        for _ in 0..<100 { sink.emit(.info, "lost") }
        #expect(writer.flush(nanoseconds: 5 * second))
        #expect(sink.dropped.load() == 100)
        #expect(writer.stop(nanoseconds: 5 * second))
    }

    @Test("R24: a full disk costs lines, never the process")
    func fullDisk() throws {
        let sink = LogSink(level: .info, format: .text)
        let writer = try LogWriter(sink: sink, target: .file("/dev/full"))
        for _ in 0..<100 { sink.emit(.info, "lost") }
        #expect(writer.stop(nanoseconds: 5 * second))
        #expect(sink.dropped.load() == 100)
    }

    @Test("after a rotation and a reopen, lines go to the new file; none is lost")
    func reopened() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidegate-log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a.log").path
        let sink = LogSink(level: .info, format: .text)
        let writer = try LogWriter(sink: sink, target: .file(path))
        sink.emit(.info, "one")
        #expect(writer.flush(nanoseconds: 5 * second))
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        sink.emit(.info, "two")
        #expect(writer.flush(nanoseconds: 5 * second))
        writer.reopen()
        // A reopen that is pending is done before the next line is written.
        sink.emit(.info, "three")
        #expect(writer.stop(nanoseconds: 5 * second))
        let old = try String(contentsOfFile: path + ".1", encoding: .utf8)
        let new = try String(contentsOfFile: path, encoding: .utf8)
        #expect(old.contains(" one\n") && old.contains(" two\n") && !old.contains("three"))
        #expect(new.hasSuffix(" info three\n") && new.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
    }

    @Test("a reopen that fails keeps the old file and says so")
    func reopenFails() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidegate-log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let moved = folder.path + ".moved"
        defer { try? FileManager.default.removeItem(atPath: moved) }
        let sink = LogSink(level: .info, format: .text)
        let writer = try LogWriter(sink: sink, target: .file(folder.appending(path: "a.log").path))
        try FileManager.default.moveItem(atPath: folder.path, toPath: moved)
        writer.reopen()
        sink.emit(.info, "still")
        #expect(writer.flush(nanoseconds: 5 * second))
        #expect(writer.stop(nanoseconds: 5 * second))
        let text = try String(contentsOfFile: moved + "/a.log", encoding: .utf8)
        #expect(text.contains(" still\n"))
        #expect(text.contains(" error log_reopen_failed error=2\n"))
    }

    @Test("a file that cannot be opened is told at once")
    func cannotOpen() {
        let sink = LogSink(level: .info, format: .text)
        #expect(throws: LogProblem.self) {
            _ = try LogWriter(sink: sink, target: .file("/nowhere/at/all.log"))
        }
    }

    @Test("flushing has a deadline: it gives up on an output that takes nothing")
    func flushDeadline() throws {
        let pipe = LogPipe()
        let sink = LogSink(level: .info, format: .text)
        let writer = try LogWriter(sink: sink, target: .descriptor(pipe.writer), stallMilliseconds: 60_000)
        for _ in 0..<5000 { sink.emit(.info, "flood") }
        #expect(!writer.flush(nanoseconds: 50_000_000))
        pipe.closeReader()
        #expect(writer.flush(nanoseconds: 10 * second))
    }
}
