/// Why the file of a secret could not be read, in words for the person who named it.
public struct UnreadableFile: Error, Sendable, Hashable {
    /// With the file's name in it: "/etc/tidegate/key does not exist".
    public let message: String
    /// Empty for the usual one.
    public let remedy: String

    public init(message: String, remedy: String = "") {
        self.message = message
        self.remedy = remedy
    }
}
