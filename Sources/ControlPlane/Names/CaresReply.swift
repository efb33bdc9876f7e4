import CCares
import Wire

/// What c-ares gives, as values. Nothing here keeps or frees what it is given.
enum CaresReply {
    /// RFC 1035 3.2.4.
    static let classIN: Int32 = 1
    /// RFC 2782.
    static let typeSRV: Int32 = 33

    /// Addresses with the least TTL on the way to them: their own, and those of the aliases.
    ///
    /// - Parameter isLocal: they are as good as the file they come from, which knows no TTL.
    static func addresses(_ result: UnsafeMutablePointer<ares_addrinfo>?, isLocal: Bool) -> [FoundAddress] {
        var aliases = Int32.max
        var alias = result?.pointee.cnames
        while let current = alias {
            aliases = min(aliases, current.pointee.ttl)
            alias = current.pointee.next
        }
        var found: [FoundAddress] = []
        var node = result?.pointee.nodes
        while let current = node {
            // A TTL with its top bit set is 0 (RFC 2181 8).
            let ttl = isLocal ? .max : UInt32(clamping: min(aliases, current.pointee.ai_ttl))
            if let address = IPAddress(current.pointee.ai_addr) { found.append(FoundAddress(address, ttl: ttl)) }
            node = current.pointee.ai_next
        }
        return found
    }

    /// nil for bytes that are no such answer.
    static func services(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> [ServiceRecord]? {
        var list: UnsafeMutablePointer<ares_srv_reply>?
        guard let bytes, tidegate_ares_is_well(ares_parse_srv_reply(bytes, count, &list)) != 0 else { return nil }
        defer { ares_free_data(list) }
        var records: [ServiceRecord] = []
        var entry = list
        while let current = entry {
            let record = current.pointee
            var target = record.host.map { String(cString: $0).lowercased() } ?? ""
            if target.hasSuffix(".") { target.removeLast() }
            records.append(ServiceRecord(priority: record.priority, weight: record.weight, port: record.port, target: target))
            entry = record.next
        }
        return records
    }
}

extension NameFailure {
    /// nil for an answer.
    init?(_ status: Int32) {
        switch tidegate_ares_outcome(status) {
        case TIDEGATE_ARES_ANSWERED: return nil
        case TIDEGATE_ARES_NO_DATA: self = .noData
        case TIDEGATE_ARES_NO_NAME: self = .noName
        case TIDEGATE_ARES_SERVER_FAILED: self = .serverFailed
        case TIDEGATE_ARES_REFUSED: self = .refused
        case TIDEGATE_ARES_TIMED_OUT: self = .timedOut
        case TIDEGATE_ARES_UNREACHABLE: self = .unreachable
        case TIDEGATE_ARES_BAD_NAME: self = .badName
        case TIDEGATE_ARES_BAD_ANSWER: self = .badAnswer
        default: self = .exhausted
        }
    }
}
