/// Ratios as they are written, `1.25`, and as they are kept, in thousandths: 1250.
enum RatioText {
    /// Refused: signs, exponents, more than six digits before the point and more than three behind it.
    static func read(_ text: String) throws(TextProblem) -> Int {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, whole.count <= 6, let wholes = DecimalText.read(whole) else {
            throw problem(text)
        }
        guard parts.count == 2, let digits = parts.last else { return wholes * 1000 }
        guard digits.count <= 3, let fraction = DecimalText.read(digits) else { throw problem(text) }
        let scale =
            switch digits.count {
            case 1: 100
            case 2: 10
            default: 1
            }
        return wholes * 1000 + fraction * scale
    }

    /// The shortest spelling: `1.25`, `10`.
    static func write(_ perMille: Int) -> String {
        let fraction = perMille % 1000
        guard fraction != 0 else { return "\(perMille / 1000)" }
        var digits = String(String(1000 + fraction).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(perMille / 1000).\(digits)"
    }

    private static func problem(_ text: String) -> TextProblem {
        TextProblem(
            "`\(text.clipped)` is no ratio", remedy: "write a number such as 1.25, with at most three digits behind the point")
    }
}
