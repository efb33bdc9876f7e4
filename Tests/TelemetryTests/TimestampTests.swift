import Glibc
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

    @Test("every day of four centuries agrees with the system's calendar")
    func everyDay() {
        var wrong = 0
        for day in 0..<146_097 {
            var seconds = time_t(day * 86_400 + day * 7 % 86_400)
            var date = tm()
            gmtime_r(&seconds, &date)
            let parts = [date.tm_year + 1900, date.tm_mon + 1, date.tm_mday, date.tm_hour, date.tm_min, date.tm_sec]
            if numbers(Int64(seconds) * 1000) != parts { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    private func numbers(_ milliseconds: Int64) -> [Int32] {
        var bytes: [UInt8] = []
        Timestamp.append(unixMilliseconds: milliseconds, to: &bytes)
        return bytes.dropLast(5).split { $0 < 0x30 || $0 > 0x39 }.map {
            $0.reduce(Int32(0)) { $0 * 10 + Int32($1 - 0x30) }
        }
    }
}
