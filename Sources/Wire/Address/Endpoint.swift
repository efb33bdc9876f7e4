/// One end of a TCP connection: an address and a port.
public struct Endpoint: Hashable, Sendable {
    /// An IPv4-mapped address is the IPv4 address, as everywhere.
    public let ip: IPAddress
    /// 0 to 65535: 0 names no port, but a peer may have written it.
    public let port: UInt16

    /// Refuses nothing.
    public init(ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }
}
