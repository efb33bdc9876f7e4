/// One log line while it is being built: an event's name, its level, its time, then fields in the order they are added.
///
/// Text looks like `2026-11-23T00:47:17.123Z info tunnel_opened id=7f host="a b"`, JSON like
/// `{"time":"…","level":"info","event":"tunnel_opened","id":"7f","host":"a b"}`.
/// A field's value is cut to ``fieldLimit`` bytes; a field that would carry the line past ``lineLimit`` is left out and the
/// line then says `truncated` true. Keys are literals of the program; giving one twice is the caller's mistake.
public struct LogLine: ~Copyable, Sendable {
    /// The most bytes one value may take, escapes included.
    public static let fieldLimit = 1024
    /// The most bytes a whole line may take, its line feed included.
    public static let lineLimit = 8192
    /// Kept free for what ends a line: the mark of truncation, a brace, a line feed.
    private static let tail = 32

    let format: LogFormat
    var bytes: [UInt8]
    private var isTruncated = false

    /// Starts a line. `unixMilliseconds` is the wall clock's time.
    public init(format: LogFormat, level: LogLevel, event: StaticString, unixMilliseconds: Int64) {
        self.format = format
        bytes = []
        bytes.reserveCapacity(512)
        switch format {
        case .text:
            Timestamp.append(unixMilliseconds: unixMilliseconds, to: &bytes)
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: level.rawValue.utf8)
            bytes.append(UInt8(ascii: " "))
            Self.append(event, to: &bytes)
        case .json:
            bytes.append(contentsOf: #"{"time":""#.utf8)
            Timestamp.append(unixMilliseconds: unixMilliseconds, to: &bytes)
            bytes.append(contentsOf: #"","level":""#.utf8)
            bytes.append(contentsOf: level.rawValue.utf8)
            bytes.append(contentsOf: #"","event":""#.utf8)
            Self.append(event, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    /// Ends the line and gives its bytes, one line feed at the end and none before it.
    public consuming func finish() -> [UInt8] {
        if isTruncated {
            appendKey("truncated")
            bytes.append(contentsOf: "true".utf8)
        }
        if format == .json { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// Writes a field's key; the mark given back goes to ``endValue(_:)`` once the value is appended to ``bytes``.
    mutating func beginValue(_ key: StaticString) -> Int {
        let mark = bytes.count
        appendKey(key)
        return mark
    }

    /// Takes the field back if the line grew too long by it.
    mutating func endValue(_ mark: Int) {
        if bytes.count > Self.lineLimit - Self.tail {
            bytes.removeLast(bytes.count - mark)
            isTruncated = true
        }
    }

    private mutating func appendKey(_ key: StaticString) {
        switch format {
        case .text:
            bytes.append(UInt8(ascii: " "))
            Self.append(key, to: &bytes)
            bytes.append(UInt8(ascii: "="))
        case .json:
            bytes.append(contentsOf: ",\"".utf8)
            Self.append(key, to: &bytes)
            bytes.append(contentsOf: "\":".utf8)
        }
    }

    private static func append(_ text: StaticString, to bytes: inout [UInt8]) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }
}
