/// Looks over the bytes of a YAML text before a parser builds anything of it, and refuses the parts of YAML that a
/// configuration has no use for: anchors and aliases (a few lines of them can stand for gigabytes), tags, directives, block
/// scalars, and nesting past any sense. What is left costs a parser time and memory in proportion to its length.
///
/// It reads just enough of YAML for that: where a token begins, what is quoted, what is a comment. On text that is no
/// YAML at all it may say anything; the parser refuses such text by itself.
struct DocumentGuard {
    static let longest = 4 << 20
    static let deepest = 64
    /// Keys and values, counted as tokens. A parser spends microseconds on each, which 4 MiB of them would make minutes.
    static let mostTokens = 100_000
    /// After so many faults the rest is not looked at.
    static let mostFaults = 50

    var line = 1
    private(set) var faults: [FileFault] = []
    /// Open brackets and braces.
    var flowDepth = 0
    /// Columns at which block collections that are still open began.
    private var indents: [Int] = []
    private var lineStart = 0
    /// True until the first token of a line that is not a dash.
    var isLeading = true
    private var tokens = 0
    /// True once a bound is passed: nothing behind it is worth a look.
    private var isOver = false

    /// Every fault in `bytes`, in the order of lines.
    static func faults(in bytes: Span<UInt8>) -> [FileFault] {
        guard bytes.count <= longest else {
            return [
                FileFault(
                    line: nil, "the file has more than \(longest >> 20) MiB",
                    remedy: "a configuration is far smaller: is it the right file?")
            ]
        }
        var this = DocumentGuard()
        this.scan(bytes)
        return this.faults
    }

    var isDone: Bool { isOver || faults.count >= Self.mostFaults }

    mutating func fault(_ message: String, remedy: String) {
        faults.append(FileFault(line: line, message, remedy: remedy))
    }

    mutating func countToken() {
        tokens += 1
        guard !isOver, tokens > Self.mostTokens else { return }
        isOver = true
        fault(
            "more than \(Self.mostTokens) keys and values",
            remedy: "a configuration is far smaller: is it the right file?")
    }

    /// A new line begins at `index`.
    mutating func newLine(at index: Int) {
        line += 1
        lineStart = index
        isLeading = true
    }

    /// A token begins at `index` of a block: it is nested in every collection that began further left.
    mutating func noteIndent(at index: Int) {
        guard flowDepth == 0, isLeading else { return }
        let column = index - lineStart
        while let last = indents.last, last >= column { indents.removeLast() }
        indents.append(column)
        checkDepth()
    }

    mutating func openFlow() {
        flowDepth += 1
        checkDepth()
    }

    mutating func closeFlow() {
        flowDepth = max(0, flowDepth - 1)
    }

    private mutating func checkDepth() {
        guard !isOver, flowDepth + indents.count > Self.deepest else { return }
        isOver = true
        fault("nested more than \(Self.deepest) levels deep", remedy: "a configuration needs six levels")
    }
}
