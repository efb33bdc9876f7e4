/// One thing that is wrong in a configuration, for the person who has to mend it.
public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// The configuration file, as it was named on the command line.
    public var file: String
    /// From 1; nil where no line can be named.
    public var line: Int?
    /// The key: `pools.chat.backends[1].weight`. Empty for the file as a whole.
    public var path: String
    /// What is wrong: "1001 is more than 1000".
    public var message: String
    /// What to do about it: "write a number from 1 to 1000".
    public var remedy: String

    public init(file: String, line: Int?, path: String, message: String, remedy: String) {
        self.file = file
        self.line = line
        self.path = path
        self.message = message
        self.remedy = remedy
    }

    /// A problem of a setting that was read earlier: a certificate that is missing, a port that is taken.
    public init(at place: SourcePlace, message: String, remedy: String) {
        self.init(file: place.file, line: place.line, path: place.path, message: message, remedy: remedy)
    }

    /// `FILE:LINE: path.to.key: problem; remedy`, always one line: whatever came out of the file is escaped.
    public var description: String {
        var text = line.map { "\(file):\($0): " } ?? "\(file): "
        if !path.isEmpty { text += "\(path): " }
        text += remedy.isEmpty ? message : "\(message); \(remedy)"
        return Self.oneLine(text)
    }

    /// Control characters as `\u{..}`, so that a value cannot forge a second line or move a terminal's cursor.
    private static func oneLine(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
            let isSeparator = scalar.value == 0x2028 || scalar.value == 0x2029
            if isControl || isSeparator {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
}
