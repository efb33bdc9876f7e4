import Glibc

/// A system call that failed: which one, and its errno.
package struct SystemFailure: Error, CustomStringConvertible {
    package let call: String
    package let code: Int32

    package init(_ call: String, _ code: Int32) {
        self.call = call
        self.code = code
    }

    package var description: String {
        guard let text = strerror(code) else { return "\(call): errno \(code)" }
        return "\(call): \(String(cString: text))"
    }
}
