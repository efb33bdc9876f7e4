/// "Did you mean" for misspelled keys and values.
enum Spelling {
    /// The word nearest to `text`, if it is near: at most one edit in three letters, or else one of which the other is the
    /// beginning (`warning` for `warn`). Long texts have no neighbours, and among very many words none is sought.
    static func nearest(to text: String, among words: [String]) -> String? {
        guard text.utf8.count <= 40, words.count <= 200 else { return nil }
        let lower = Array(text.lowercased().replacing("-", with: "_").utf8)
        let near =
            words
            .map { (word: $0, distance: distance(lower, Array($0.utf8))) }
            .filter { $0.distance <= max(1, $0.word.utf8.count / 3) }
            .min { $0.distance < $1.distance }?.word
        return near
            ?? words.first { word in
                word.utf8.count >= 3 && lower.count >= 3
                    && (lower.starts(with: word.utf8) || word.utf8.starts(with: lower))
            }
    }

    /// Insertions, deletions, substitutions and swaps of neighbours that turn one into the other.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: other.count + 1)
        var last = Array(0...other.count)
        for (row, byte) in one.enumerated() {
            var current = [row + 1]
            for (column, wanted) in other.enumerated() {
                var best = min(last[column] + (byte == wanted ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, byte == other[column - 1], one[row - 1] == wanted {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last.last ?? one.count
    }
}
