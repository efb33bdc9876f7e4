import Transport
import Wire

/// Who is on the other end: 18 bytes of address, not the kernel's 128.
struct PeerName {
    let ip: IPAddress?
    let port: UInt16

    init(_ address: SocketAddress) {
        (ip, port) = address.endpoint
    }

    init(ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }

    func isAmong(_ networks: [CIDR]) -> Bool { ip.map { ip in networks.contains { $0.contains(ip) } } ?? false }

    /// As text; empty for a Unix socket.
    var address: [UInt8] { ip?.text ?? [] }

    /// For the log: with the port, IPv6 in brackets.
    var text: String {
        guard let ip else { return "unix" }
        return ip.isIPv4 ? "\(ip):\(port)" : "[\(ip)]:\(port)"
    }
}
