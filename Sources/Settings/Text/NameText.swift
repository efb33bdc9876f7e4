/// Names of listeners, pools and routes: they become metric labels and stand in logs.
enum NameText {
    static let longest = 64
    static let longestRoute = 128

    /// Of a listener or pool: 1 to 64 letters, digits, `_`, `-` and `.`.
    static func validate(_ name: String) throws(TextProblem) {
        guard (1...longest).contains(name.utf8.count), name.utf8.allSatisfy(isNameByte) else {
            throw TextProblem(
                "`\(FieldNameText.shown(name))` is no name", remedy: "use 1 to \(longest) letters, digits, `_`, `-` and `.`")
        }
    }

    /// Of a route: 1 to 128 visible ASCII characters, so that the `host/path` of another route can be written too.
    static func validateRoute(_ name: String) throws(TextProblem) {
        guard (1...longestRoute).contains(name.utf8.count), name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw TextProblem(
                "`\(name.clipped)` is no name of a route",
                remedy: "use 1 to \(longestRoute) visible ASCII characters, no spaces")
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
