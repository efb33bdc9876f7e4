import Glibc

/// Both ends of a pipe, or of a socket pair, for tests.
final class LogPipe {
    let reader: Int32
    let writer: Int32
    private var isReaderOpen = true

    init(socket: Bool = false) {
        var ends: [Int32] = [-1, -1]
        if socket {
            _ = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
        } else {
            _ = pipe(&ends)
        }
        reader = ends[0]
        writer = ends[1]
    }

    deinit {
        closeReader()
        close(writer)
    }

    func closeReader() {
        if isReaderOpen { close(reader) }
        isReaderOpen = false
    }

    /// Reads until `enough` bytes are there, or nothing came for ten seconds.
    func read(until enough: ([UInt8]) -> Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while !enough(bytes) {
            var request = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, 10_000) > 0 else { break }
            let count = Glibc.read(reader, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }
}
