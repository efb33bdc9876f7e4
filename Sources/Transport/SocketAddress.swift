import CLinux
import Wire

/// A socket address as the kernel takes it.
package struct SocketAddress: @unchecked Sendable {
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

    /// At most 107 bytes of path.
    package init(unixPath: String) throws(SystemError) {
        var address = cl_address()
        let result = cl_address_unix(&address, unixPath)
        guard result >= 0 else { throw SystemError(result) }
        raw = address
    }

    package var port: UInt16 { parts.port }

    /// nil for a Unix socket.
    package var ip: IPAddress? { parts.ip }

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
