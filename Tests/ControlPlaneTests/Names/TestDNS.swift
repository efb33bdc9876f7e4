import Wire

/// A question as a name server of a test sees it.
struct TestQuery: Sendable {
    let bytes: [UInt8]
    let isTCP: Bool
    /// In lower case, without the closing dot.
    let name: String
    let kind: UInt16

    init(bytes: [UInt8], isTCP: Bool, name: String, kind: UInt16) {
        self.bytes = bytes
        self.isTCP = isTCP
        self.name = name
        self.kind = kind
    }

    /// nil for what is no question.
    init?(_ bytes: [UInt8], isTCP: Bool) {
        guard bytes.count > 12 else { return nil }
        var labels: [String] = []
        var rest = bytes[12...]
        while let length = rest.popFirst(), length > 0 {
            labels.append(String(decoding: rest.prefix(Int(length)), as: UTF8.self))
            rest = rest.dropFirst(Int(length))
        }
        guard rest.count >= 4 else { return nil }
        self.bytes = Array(bytes[..<(rest.startIndex + 4)])
        self.isTCP = isTCP
        name = labels.joined(separator: ".").lowercased()
        kind = UInt16(bytes[rest.startIndex]) << 8 | UInt16(bytes[rest.startIndex + 1])
    }

    var isA: Bool { kind == 1 }
    var isAAAA: Bool { kind == 28 }
    var isService: Bool { kind == 33 }

    /// An answer to this question, with its id.
    func reply(_ records: [TestRecord] = [], code: UInt8 = 0, truncated: Bool = false) -> [UInt8] {
        var reply = bytes
        reply[2] = 0x84 | (truncated ? 2 : 0)
        reply[3] = 0x80 | code
        reply.replaceSubrange(6...11, with: Bytes.of(UInt16(records.count)) + [0, 0, 0, 0])
        return reply + records.flatMap(\.bytes)
    }

    /// Only the addresses of the family that is asked for; no data when there is none.
    func addresses(_ texts: [String], ttl: UInt32 = 60) -> [UInt8] {
        let family = texts.compactMap { IPAddress($0) }.filter { isA && $0.isIPv4 || isAAAA && !$0.isIPv4 }
        return reply(family.map { .address(name, $0, ttl: ttl) })
    }

    var noSuchName: [UInt8] { reply(code: 3) }
}

/// A resource record of a test.
struct TestRecord: Sendable {
    let bytes: [UInt8]

    init(_ owner: String, kind: UInt16, ttl: UInt32, data: [UInt8], class number: UInt16 = 1) {
        bytes = Bytes.name(owner) + Bytes.of(kind) + Bytes.of(number) + Bytes.of(UInt16(ttl >> 16))
            + Bytes.of(UInt16(truncatingIfNeeded: ttl)) + Bytes.of(UInt16(data.count)) + data
    }

    static func address(_ owner: String, _ address: IPAddress, ttl: UInt32) -> TestRecord {
        TestRecord(owner, kind: address.isIPv4 ? 1 : 28, ttl: ttl, data: address.bytes)
    }

    static func address(_ owner: String, _ text: String, ttl: UInt32 = 60) -> TestRecord {
        .address(owner, ip(text), ttl: ttl)
    }

    static func alias(_ owner: String, of target: String, ttl: UInt32 = 60) -> TestRecord {
        TestRecord(owner, kind: 5, ttl: ttl, data: Bytes.name(target))
    }

    static func service(
        _ owner: String, _ priority: UInt16, _ weight: UInt16, _ port: UInt16, _ target: String, ttl: UInt32 = 60
    ) -> TestRecord {
        TestRecord(owner, kind: 33, ttl: ttl, data: [priority, weight, port].flatMap(Bytes.of) + Bytes.name(target))
    }
}

enum Bytes {
    static func of(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)] }

    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    /// A question for a name, as a test's server would read it.
    static func question(_ name: String, kind: UInt16 = 1) -> TestQuery {
        TestQuery(
            bytes: [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + Bytes.name(name) + of(kind) + of(1), isTCP: false, name: name, kind: kind)
    }
}

/// The address of a text that is one.
func ip(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(v4: 0) }
