import Glibc

/// A folder of its own for a test's files, removed with the files directly in it when nobody holds it.
final class TestFolder: Sendable {
    let path: String

    struct Failed: Error {}

    init() throws {
        var template = Array("/tmp/tidegate-transport-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failed() }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    deinit {
        for name in ["certificate.pem", "key.pem", "socket"] { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
