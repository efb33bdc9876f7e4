import CLinux
import Glibc
import Wire

/// A socket address as the kernel takes it.
public struct SocketAddress: @unchecked Sendable, CustomStringConvertible {
    // Plain bytes without a pointer in them: a copy shares nothing, so it may cross threads.
    var raw: cl_address

    init(raw: cl_address) { self.raw = raw }

    public init(_ ip: IPAddress, port: UInt16) throws(SystemError) {
        var address = cl_address()
        let bytes = ip.bytes
        let result = cl_address_ip(&address, bytes.count == 4 ? 4 : 6, bytes, port)
        guard result >= 0 else { throw SystemError(result) }
        raw = address
    }

    /// One to 107 bytes of path, without a NUL: that would end it early, and name another file.
    public init(unixPath: String) throws(SystemError) {
        guard !unixPath.utf8.contains(0) else { throw SystemError(-Int(EINVAL)) }
        var address = cl_address()
        let result = cl_address_unix(&address, unixPath)
        guard result >= 0 else { throw SystemError(result) }
        raw = address
    }

    public var port: UInt16 { endpoint.port }

    /// nil for a Unix socket.
    public var ip: IPAddress? { endpoint.ip }

    /// For logs: `192.0.2.1:80`, `[2001:db8::1]:80`, `unix:/run/app.sock`; `unix:` for a Unix peer without a name, `unix:@name` for an
    /// abstract one.
    public var description: String {
        let (ip, port) = endpoint
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

    /// Both at once; nil and 0 for a Unix socket.
    public var endpoint: (ip: IPAddress?, port: UInt16) {
        var copy = raw
        var port: UInt16 = 0
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { bytes in
            bytes.initialize(repeating: 0)
            switch cl_address_read(&copy, bytes.baseAddress, &port) {
            case 4: return (IPAddress(bytes: bytes.span.extracting(first: 4)), port)
            case 6: return (IPAddress(bytes: bytes.span), port)
            default: return (nil, 0)
            }
        }
    }
}
