import TLS

/// What this program is.
public enum Version {
    public static let number = "0.1.0"

    /// One line: the program, its version, and the OpenSSL it runs with.
    public static var text: String { "tidegate \(number) (\(OpenSSLVersion.text))" }
}
