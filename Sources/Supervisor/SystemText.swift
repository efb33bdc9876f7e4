import Glibc

/// Lines for people, written without a buffer: in order with what else is written, and there at once.
public enum SystemText {
    /// Writes a line to a descriptor; what cannot be written is lost.
    public static func print(_ line: String, to descriptor: Int32 = 1) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
