/// Writes the PROXY header that tells a backend who the client is (HAProxy's proxy-protocol.txt, 2.1 and 2.2).
///
/// A header is for a connection that carries one client's bytes alone: a connection that several clients share must not
/// begin with one (section 2).
public enum ProxyHeaderWriter {
    /// One line of at most 104 bytes; `PROXY UNKNOWN` when an end is missing or the two are of different families.
    public static func v1(source: Endpoint?, destination: Endpoint?) -> [UInt8] {
        guard let source, let destination, source.ip.isIPv4 == destination.ip.isIPv4 else {
            return Array("PROXY UNKNOWN\r\n".utf8)
        }
        let family = source.ip.isIPv4 ? "TCP4" : "TCP6"
        return Array("PROXY \(family) \(source.ip) \(destination.ip) \(source.port) \(destination.port)\r\n".utf8)
    }

    /// 28 bytes for IPv4, 52 for IPv6, without type-length-values; 16 of `LOCAL` when an end is missing or the two are of
    /// different families: the backend then takes the connection's own addresses.
    public static func v2(source: Endpoint?, destination: Endpoint?) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in BinaryProxyHeader.signature.indices { bytes.append(BinaryProxyHeader.signature[index]) }
        guard let source, let destination, source.ip.isIPv4 == destination.ip.isIPv4 else {
            return bytes + [BinaryProxyHeader.local, BinaryProxyHeader.unspecified, 0, 0]
        }
        let isIPv4 = source.ip.isIPv4
        bytes += [BinaryProxyHeader.proxy, isIPv4 ? BinaryProxyHeader.tcp4 : BinaryProxyHeader.tcp6, 0, isIPv4 ? 12 : 36]
        bytes += source.ip.bytes + destination.ip.bytes
        for port in [source.port, destination.port] {
            bytes += [UInt8(truncatingIfNeeded: port >> 8), UInt8(truncatingIfNeeded: port)]
        }
        return bytes
    }
}
