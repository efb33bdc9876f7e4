import ControlPlane
import DataPlane
import Foundation
import Logging
import Testing

@Suite("What libraries log")
struct SinkLogHandlerTests {
    @Test("A6: a library's line becomes one escaped line of ours, with level, error and metadata")
    func adapted() throws {
        struct Oops: Error {}
        let path = NSTemporaryDirectory() + "tidegate-\(UUID().uuidString).log"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let sink = LogSink(level: .info, format: .json)
        let writer = try LogWriter(sink: sink, target: .file(path))
        var logger = Logger(label: "x") { _ in SinkLogHandler(sink: sink) }
        logger[metadataKey: "a"] = "1"
        logger.logLevel = .debug
        logger.debug("below the sink's level")
        logger.critical("bad\nthing", error: Oops(), metadata: ["b": "2\r"])
        #expect(writer.stop(nanoseconds: 5_000_000_000))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["level"] as? String == "error")
        #expect(object["event"] as? String == "library")
        #expect(object["message"] as? String == "bad\nthing")
        #expect((object["error"] as? String)?.contains("Oops") == true)
        #expect(object["metadata"] as? String == "a=1 b=2\r")
    }
}
