import Wire

/// DNS servers as they are written: `10.0.0.2`, `10.0.0.2:5353`, `2001:db8::53`, `[2001:db8::53]:5353`.
enum NameServerText {
    private static let remedy = "write an IP address, perhaps with a port: 10.0.0.2, 10.0.0.2:53 or \"[2001:db8::53]:53\""

    static func read(_ text: String) throws(TextProblem) -> NameServer {
        if let address = IPAddress(text) { return NameServer(address: address) }
        guard let pair = HostPort(text), let address = IPAddress(pair.host), pair.isBracketed != address.isIPv4 else {
            throw TextProblem("\(HostText.shown(text)) is no IP address", remedy: remedy)
        }
        guard let port = pair.port else { return NameServer(address: address) }
        return NameServer(address: address, port: try PortText.read(port))
    }
}
