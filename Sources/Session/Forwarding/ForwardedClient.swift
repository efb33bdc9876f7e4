import Wire

/// Finds the client behind proxies that we trust.
package enum ForwardedClient {
    /// The rightmost address of `X-Forwarded-For` that is none of `trusted`: each proxy appends whom it saw, so everything left
    /// of the first stranger is that stranger's word. nil when there is no such address, or something else stands in its place.
    ///
    /// Ask only when the peer itself is trusted.
    package static func address(in head: borrowing RequestHead, trusted: [CIDR]) -> IPAddress? {
        for value in head.headers.members("X-Forwarded-For").reversed() {
            guard let address = IPAddress(String(decoding: value, as: UTF8.self)) else { return nil }
            if !trusted.contains(where: { $0.contains(address) }) { return address }
        }
        return nil
    }
}
