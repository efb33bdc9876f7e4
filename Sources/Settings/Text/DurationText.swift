/// Durations as they are written: `250ms`, `1.5s`, `5m`, `1h`.
enum DurationText {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        // "ms" before "s" and "m": the first that fits the end is taken.
        ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]
    private static let remedy = "write a number with a unit, such as 250ms, 30s, 5m or 1h"

    /// Refused: signs, spaces, exponents, a number without a unit, more than six digits after the point, and what
    /// nanoseconds in 64 bits cannot hold (292 years).
    static func read(_ text: String) throws(TextProblem) -> Duration {
        guard let unit = units.first(where: { text.hasSuffix($0.name) }) else {
            throw TextProblem("`\(text.clipped)` is no duration: it has no unit", remedy: remedy)
        }
        let number = text.utf8.dropLast(unit.name.utf8.count)
        let parts = number.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, let wholes = DecimalText.read(whole) else {
            throw TextProblem("`\(text.clipped)` is no duration", remedy: remedy)
        }
        var fraction: Int64 = 0
        if parts.count == 2, let digits = parts.last {
            guard digits.count <= 6, let value = DecimalText.read(digits) else {
                throw TextProblem("`\(text.clipped)` is no duration", remedy: remedy)
            }
            // At most 10^6 - 1 times 3.6 * 10^12: below 2^63.
            fraction = Int64(value) * unit.nanoseconds / digits.reduce(into: Int64(1)) { scale, _ in scale *= 10 }
        }
        let product = Int64(wholes).multipliedReportingOverflow(by: unit.nanoseconds)
        let sum = product.partialValue.addingReportingOverflow(fraction)
        guard !product.overflow, !sum.overflow else {
            throw TextProblem("`\(text.clipped)` is too long a time", remedy: remedy)
        }
        return .nanoseconds(sum.partialValue)
    }

    /// The shortest of the accepted spellings, for messages about bounds.
    static func write(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        guard attoseconds == 0 else { return "\(seconds &* 1000 &+ attoseconds / 1_000_000_000_000_000)ms" }
        if seconds != 0, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        if seconds != 0, seconds % 60 == 0 { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }
}
