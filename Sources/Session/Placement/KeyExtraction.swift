import Balancing
import Settings
import Wire

/// Reads the key of `balance: hash` from a request: compiled once for a configuration, applied to one head after the other.
///
/// Parts are compared as they were sent: `%41` and `A` are different keys, since backends and clients that share a room write it
/// in one way. The path is the one that is routed, normalised and before any rewrite. Of several fields, cookies or parameters of
/// one name the first counts.
public struct KeyExtraction: Sendable {
    private enum Part: Sendable {
        case address, host, subprotocol
        /// In lower case.
        case header([UInt8])
        case cookie([UInt8])
        case query([UInt8])
        case path(Int)
    }

    private let parts: [Part]

    /// Of IPv6 so many bytes count: below them all addresses are one household's or one host's.
    private static let networkBytes = 8

    public init(_ parts: [HashKeyPart]) {
        self.parts = parts.map { part in
            switch part {
            case .address: .address
            case .host: .host
            case .subprotocol: .subprotocol
            case .header(let name): .header(name.utf8.map(HeaderName.lowercase))
            case .cookie(let name): .cookie(Array(name.utf8))
            case .query(let name): .query(Array(name.utf8))
            case .path(let number): .path(number)
            }
        }
    }

    /// The key's hash; nil for a request that has none of the parts.
    ///
    /// - Parameter client: who asks, behind proxies that are trusted; nil where that has no address.
    public func key(of head: RequestHead, client: IPAddress?) -> UInt64? {
        var hash = KeyHash()
        for part in parts { add(part, of: head, client, to: &hash) }
        return hash.value
    }

    private func add(_ part: Part, of head: RequestHead, _ client: IPAddress?, to hash: inout KeyHash) {
        switch part {
        case .address:
            guard let client else { return hash.addMissing() }
            let bytes = client.bytes
            hash.add(bytes.span.extracting(first: client.isIPv4 ? bytes.count : Self.networkBytes))
        case .host:
            guard let host = head.host?.bytes else { return hash.addMissing() }
            hash.add(host.span)
        case .header(let name): add(Self.field(name, of: head), of: head.headers.bytes, to: &hash)
        case .cookie(let name): add(CookieReading.value(of: name, in: head), of: head.headers.bytes, to: &hash)
        case .query(let name):
            guard let query = head.target.query else { return hash.addMissing() }
            add(NamedValue.parameter(name, in: query.span), of: query, to: &hash)
        case .path(let number):
            let path = head.target.path
            add(NamedValue.segment(number, of: path.span), of: path, to: &hash)
        case .subprotocol:
            let field = Self.field(Self.protocolName, of: head)
            var members = field.map { ListMembers(head.headers.bytes, $0) }
            add(members?.next(), of: head.headers.bytes, to: &hash)
        }
    }

    private static let protocolName = Array("sec-websocket-protocol".utf8)

    private func add(_ range: Range<Int>?, of bytes: [UInt8], to hash: inout KeyHash) {
        guard let range else { return hash.addMissing() }
        hash.add(bytes.span.extracting(range))
    }

    /// The value of the first field of that name, which is in lower case.
    private static func field(_ name: [UInt8], of head: RequestHead) -> Range<Int>? {
        let storage = head.headers.bytes
        let bytes = storage.span
        for field in head.headers.fields where HeaderName.equal(bytes.extracting(field.name), name.span) { return field.value }
        return nil
    }
}
