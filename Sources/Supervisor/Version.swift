import TLS

/// What this program is.
package enum Version {
    package static let number = "0.1.0"

    /// One line: the program, its version, and the OpenSSL it runs with.
    package static var text: String { "tidegate \(number) (\(OpenSSLVersion.text))" }
}
