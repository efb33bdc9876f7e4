/// Sizes in bytes as they are written: `64KiB`, `1MiB`, `1GiB`, `500B`, decimal `64KB`, `1MB`, `1GB`, or a bare number of
/// bytes.
enum SizeText {
    private static let units: [(name: String, bytes: Int)] = [
        // The bare "B" last: the others end with it too.
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1),
    ]

    /// Refused: signs, spaces, fractions, other units and other case (a `Kb` may be bits), and what 63 bits cannot hold.
    static func read(_ text: String) throws(TextProblem) -> Int {
        let unit = units.first { text.hasSuffix($0.name) }
        let digits = text.utf8.dropLast(unit?.name.utf8.count ?? 0)
        guard let number = DecimalText.read(digits) else {
            throw TextProblem(
                "`\(text.clipped)` is no size", remedy: "write a whole number with a unit, such as 64KiB, 1MiB or 500B")
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit?.bytes ?? 1)
        guard !overflow else {
            throw TextProblem(
                "`\(text.clipped)` is too large a size", remedy: "write a smaller size, such as 64KiB or 1MiB")
        }
        return bytes
    }

    /// The shortest of the accepted binary spellings, for messages about bounds.
    static func write(_ bytes: Int) -> String {
        for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes >= size {
            if bytes % size == 0 { return "\(bytes / size)\(unit)" }
        }
        return "\(bytes)B"
    }
}
