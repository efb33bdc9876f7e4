import Glibc

/// Reads a file that somebody wrote by hand, whole and with a bound: a path that leads to a device, a pipe or a log must
/// neither block a reload nor fill the memory.
enum SmallFile {
    /// Why a file could not be read, in words for a `Problem`.
    struct Failure: Error, Sendable, Equatable {
        var message: String
        var remedy: String
    }

    /// The bytes of a regular file of at most `limit` bytes. Pipes, devices and folders are refused.
    static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw failure(errno, path) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw failure(errno, path) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw Failure(message: "\(path) is not a regular file", remedy: "name a file; pipes and devices are not read")
        }
        guard facts.st_size <= limit else { throw tooLarge(path, limit) }
        return try contents(of: descriptor, path, limit)
    }

    /// A file may grow while it is read, so the bound is kept here too.
    private static func contents(of descriptor: Int32, _ path: String, _ limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno, path) }
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
            guard bytes.count <= limit else { throw tooLarge(path, limit) }
        }
    }

    private static func tooLarge(_ path: String, _ limit: Int) -> Failure {
        Failure(message: "\(path) is larger than \(limit >> 10) KiB", remedy: "name the right file, or shorten it")
    }

    private static func failure(_ error: Int32, _ path: String) -> Failure {
        switch error {
        case ENOENT, ENOTDIR:
            Failure(message: "\(path) does not exist", remedy: "correct the path or create the file")
        case EACCES, EPERM:
            Failure(message: "\(path) may not be read by this user", remedy: "let the user that runs tidegate read it")
        default:
            Failure(message: "\(path) cannot be read: \(String(cString: strerror(error)))", remedy: "")
        }
    }
}
