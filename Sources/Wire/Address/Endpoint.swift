/// One end of a TCP connection: an address and a port.
package struct Endpoint: Hashable, Sendable {
    /// An IPv4-mapped address is the IPv4 address, as everywhere.
    package let ip: IPAddress
    /// 0 to 65535: 0 names no port, but a peer may have written it.
    package let port: UInt16

    /// Refuses nothing.
    package init(ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }
}
