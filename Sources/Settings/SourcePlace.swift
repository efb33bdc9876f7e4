/// Where a setting was written, so that what is found out later (a missing certificate, a taken port) can be told at the
/// right line.
///
/// Two places are always equal: where a setting stands is no part of what it says. A reload that only moved lines must
/// find nothing changed.
public struct SourcePlace: Sendable, Hashable {
    /// The configuration file; empty for a setting that no file holds (a default, the demo).
    public let file: String
    /// From 1; nil when the setting was left to its default.
    public let line: Int?
    /// The key: `listeners[0].tls.certificates[1]`.
    public let path: String

    public init(file: String, line: Int?, path: String) {
        self.file = file
        self.line = line
        self.path = path
    }

    /// Of settings that no file holds.
    public static let none = SourcePlace(file: "", line: nil, path: "")

    public static func == (one: SourcePlace, other: SourcePlace) -> Bool { true }

    public func hash(into hasher: inout Hasher) {}
}
