/// Statuses of answers as they are written: `200`, `200-299`.
enum StatusText {
    private static let all = 100...599

    static func read(_ text: String) throws(TextProblem) -> ClosedRange<Int> {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.utf8.count == 3 ? DecimalText.read($0.utf8) : nil }
        guard let first = numbers.first, let last = numbers.last, numbers.count == parts.count, parts.count <= 2,
            all.contains(first), all.contains(last)
        else {
            throw TextProblem(
                "`\(text.clipped)` is no status and no range of them", remedy: "write one from 100 to 599, or 200-299")
        }
        guard first <= last else {
            throw TextProblem("`\(text.clipped)` ends before it begins", remedy: "write \(last)-\(first)")
        }
        return first...last
    }
}
