import CLinux
import Glibc
import Wire

/// A socket address as the kernel takes it.
package struct SocketAddress: @unchecked Sendable, CustomStringConvertible {
    // Plain bytes without a pointer in them: a copy shares nothing, so it may cross threads.
    var raw: cl_address

    init(raw: cl_address) { self.raw = raw }

    package init(_ ip: IPAddress, port: UInt16) throws(SystemError) {
        var address = cl_address()
        let bytes = ip.bytes
        let result = cl_address_ip(&address, bytes.count == 4 ? 4 : 6, bytes, port)
        guard result >= 0 else { throw SystemError(result) }
        raw = address
    }

    /// One to 107 bytes of path, without a NUL: that would end it early, and name another file.
    package init(unixPath: String) throws(SystemError) {
        guard !unixPath.utf8.contains(0) else { throw SystemError(-Int(EINVAL)) }
        var address = cl_address()
        let result = cl_address_unix(&address, unixPath)
        guard result >= 0 else { throw SystemError(result) }
        raw = address
    }

    package var port: UInt16 { parts.port }

    /// nil for a Unix socket.
    package var ip: IPAddress? { parts.ip }

    /// For logs: `192.0.2.1:80`, `[2001:db8::1]:80`, `unix:/run/app.sock`; `unix:` for a Unix peer without a name, `unix:@name` for an
    /// abstract one.
    package var description: String {
        let (ip, port) = parts
        guard let ip else { return "unix:" + path }
        return ip.isIPv4 ? "\(ip):\(port)" : "[\(ip)]:\(port)"
    }

    private var path: String {
        var copy = raw
        let bytes = [CChar](unsafeUninitializedCapacity: 108) { buffer, count in
            count = min(cl_address_path(&copy, buffer.baseAddress, buffer.count), buffer.count)
        }.map { UInt8(bitPattern: $0) }
        guard bytes.first == 0 else { return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
        return "@" + String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    private var parts: (ip: IPAddress?, port: UInt16) {
        var copy = raw
        var bytes = [UInt8](repeating: 0, count: 16)
        var port: UInt16 = 0
        let family = cl_address_read(&copy, &bytes, &port)
        switch family {
        case 4: return (IPAddress(bytes: Array(bytes.prefix(4))), port)
        case 6: return (IPAddress(bytes: bytes), port)
        default: return (nil, 0)
        }
    }
}
