import COpenSSL
import Glibc

/// A file of certificates or of a key, read whole.
struct PEMFile {
    /// Larger than any chain; a path to a device or a log must not fill the memory.
    private static let sizeLimit = 1 << 20

    let path: String
    /// Which of the listener's certificates it belongs to, for the problems told.
    let index: Int?
    private let bytes: [UInt8]

    /// Reads the file. Throws `.missing` or `.unreadable`.
    init(path: String, index: Int?) throws(TLSProblem) {
        self.path = path
        self.index = index
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw Self.problem(errno, path: path, index: index) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw Self.problem(errno, path: path, index: index) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw TLSProblem(
                index: index, file: path, kind: .unreadable, message: "\(path) is not a regular file", remedy: "name a PEM file")
        }
        guard facts.st_size <= Self.sizeLimit else {
            throw TLSProblem(
                index: index, file: path, kind: .unreadable, message: "\(path) is larger than 1 MiB", remedy: "name a PEM file")
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while bytes.count <= Self.sizeLimit {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.problem(errno, path: path, index: index) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        self.bytes = bytes
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// Calls `body` with a BIO that reads the file's bytes; nil when memory is short.
    func withBIO<Result>(_ body: (OpaquePointer) -> Result?) -> Result? {
        bytes.withUnsafeBytes { buffer in
            guard let bio = BIO_new_mem_buf(buffer.baseAddress, Int32(truncatingIfNeeded: buffer.count)) else { return nil }
            defer { BIO_free(bio) }
            return body(bio)
        }
    }

    private static func problem(_ error: Int32, path: String, index: Int?) -> TLSProblem {
        if error == ENOENT || error == ENOTDIR {
            return TLSProblem(
                index: index, file: path, kind: .missing, message: "\(path) does not exist", remedy: "correct the path or create the file")
        }
        let text = strerror(error).map { String(cString: $0) } ?? "error \(error)"
        return TLSProblem(
            index: index, file: path, kind: .unreadable, message: "\(path) cannot be read: \(text)",
            remedy: "let the user that runs tidegate read it")
    }
}
