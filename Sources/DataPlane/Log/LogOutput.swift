import Glibc

/// The descriptor that log lines end in. Used by the writer's thread alone.
///
/// Never waits longer than its stall limit for an output that takes nothing. What is shared with other processes (standard
/// error) is not set to non-blocking, for that would change it for them: a socket is written with MSG_DONTWAIT, a pipe or
/// terminal in pieces of PIPE_BUF after it said that it has room.
struct LogOutput: ~Copyable {
    private enum Kind {
        case file
        case socket
        case stream
    }

    /// PIPE_BUF: what a writable pipe takes at once.
    private static let piece = 4096

    private let target: LogTarget
    private let stallMilliseconds: Int32
    private var descriptor: Int32
    private var kind: Kind
    private var isMidLine = false

    init(_ target: LogTarget, stallMilliseconds: Int32) throws(LogProblem) {
        self.target = target
        self.stallMilliseconds = stallMilliseconds
        descriptor = try Self.open(target)
        kind = Self.kind(of: descriptor)
    }

    deinit {
        if case .file = target { close(descriptor) }
    }

    /// Opens a file anew, after a rotation. When that fails the old one is kept and the error number returned.
    mutating func reopen() -> Int32? {
        guard case .file = target else { return nil }
        do {
            let fresh = try Self.open(target)
            close(descriptor)
            descriptor = fresh
            kind = Self.kind(of: fresh)
            isMidLine = false
            return nil
        } catch {
            guard case .cannotOpen(_, let number) = error else { return EIO }
            return number
        }
    }

    /// Writes a batch; gives the number of lines that were not written whole.
    mutating func write(_ batch: borrowing LogBatch) -> UInt64 {
        if isMidLine {
            // The line that was cut by an earlier failure ends here; the next one must not be glued to it.
            guard put([UInt8(ascii: "\n")]) == 1 else { return batch.lines }
            isMidLine = false
        }
        let written = put(batch.bytes)
        guard written < batch.bytes.count else { return 0 }
        var whole: UInt64 = 0
        for byte in batch.bytes[..<written] where byte == UInt8(ascii: "\n") { whole += 1 }
        isMidLine = written > 0 && batch.bytes[written - 1] != UInt8(ascii: "\n")
        return batch.lines > whole ? batch.lines - whole : 0
    }

    /// Writes what it can, and gives the number of bytes written: fewer than asked after an error or a stall.
    private func put(_ bytes: [UInt8]) -> Int {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { attempt(UnsafeRawBufferPointer(rebasing: $0[written...])) }
            if count > 0 {
                written += count
            } else if !(errno == EINTR || (errno == EAGAIN && waitForRoom())) {
                return written
            }
        }
        return written
    }

    /// One write that does not block; leaves `errno` at EAGAIN when there is no room.
    private func attempt(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch kind {
        case .file:
            return Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        case .socket:
            return send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        case .stream:
            guard isWritable(within: 0) else {
                errno = EAGAIN
                return -1
            }
            return Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, Self.piece))
        }
    }

    private func waitForRoom() -> Bool { isWritable(within: stallMilliseconds) }

    /// A hung-up or broken descriptor counts as writable: the write tells what is wrong.
    private func isWritable(within milliseconds: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&request, 1, milliseconds) > 0
    }

    private static func open(_ target: LogTarget) throws(LogProblem) -> Int32 {
        switch target {
        case .descriptor(let descriptor): return descriptor
        case .file(let path):
            let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o640)
            guard descriptor >= 0 else { throw .cannotOpen(path: path, error: errno) }
            return descriptor
        }
    }

    private static func kind(of descriptor: Int32) -> Kind {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { return .stream }
        switch information.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFSOCK: return .socket
        default: return .stream
        }
    }
}
