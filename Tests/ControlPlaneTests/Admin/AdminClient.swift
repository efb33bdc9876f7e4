import Glibc

/// A blocking HTTP client over a bare socket: sends the bytes it is given, and reads what comes.
final class AdminClient {
    struct Refused: Error { let error: Int32 }

    /// What came back: a head and what followed it.
    struct Reply {
        let status: Int
        let head: String
        let body: [UInt8]

        /// The value of the only field of this name; nil if there is none, or more than one.
        func field(_ name: String) -> String? {
            let lines = head.split(separator: "\r\n").dropFirst().filter { $0.lowercased().hasPrefix("\(name.lowercased()): ") }
            return lines.count == 1 ? lines.first.map { String($0.dropFirst(name.count + 2)) } : nil
        }

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        try attach(&address)
    }

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        try attach(&address)
    }

    private func attach<Address>(_ address: inout Address) throws {
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard result == 0 else { throw Refused(error: errno) }
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Everything until the server closes; nil when it has not within five seconds.
    func readToEnd() -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count > 0 {
                bytes += chunk.prefix(count)
            } else if count == 0 || errno == ECONNRESET {
                return bytes
            } else {
                return nil
            }
        }
    }

    /// Sends a request that asks to close, and reads the whole answer.
    func ask(_ path: String, method: String = "GET", host: String? = "localhost", fields: [String] = []) -> Reply? {
        var request = "\(method) \(path) HTTP/1.1\r\n"
        if let host { request += "Host: \(host)\r\n" }
        for field in fields { request += "\(field)\r\n" }
        send(request + "Connection: close\r\n\r\n")
        return readToEnd().flatMap(Self.parse)
    }

    static func parse(_ bytes: [UInt8]) -> Reply? {
        let mark = Array("\r\n\r\n".utf8)
        guard let end = (0...max(0, bytes.count - 4)).first(where: { bytes[$0...].starts(with: mark) }) else { return nil }
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        guard let status = head.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        return Reply(status: status, head: head, body: Array(bytes[(end + 4)...]))
    }
}

/// Long enough for a server's tasks to get their turn while other tests hold the threads they run on.
let unhurried: UInt64 = 120_000_000_000
