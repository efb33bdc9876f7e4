import Foundation
import Telemetry
import Testing

@Suite("Time stamps")
struct TimestampTests {
    private func text(_ milliseconds: Int64) -> String {
        var bytes: [UInt8] = []
        Timestamp.append(unixMilliseconds: milliseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("known instants", arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_709_251_199_001, "2024-02-29T23:59:59.001Z"),
        (1_709_251_200_000, "2024-03-01T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-1, "1970-01-01T00:00:00.000Z"), (Int64.max, "9999-12-31T23:59:59.999Z"),
        (Int64.min, "1970-01-01T00:00:00.000Z"),
    ] as [(Int64, String)])
    func known(_ milliseconds: Int64, _ expected: String) {
        #expect(text(milliseconds) == expected)
    }

    @Test("every day of four centuries agrees with a calendar library")
    func everyDay() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        var wrong = 0
        for day in 0..<Int64(146_097) {
            let milliseconds = day * 86_400_000 + day % 86_400_000
            if text(milliseconds) != Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(style) { wrong += 1 }
        }
        #expect(wrong == 0)
    }
}
