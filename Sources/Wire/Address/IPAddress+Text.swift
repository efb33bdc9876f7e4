/// Text to address and back. Reading is strict, so that two programs cannot read one text as two addresses.
extension IPAddress: CustomStringConvertible {
    /// The longest accepted text: eight groups with the last two written as IPv4.
    static let longestText = 45

    /// Reads `192.0.2.1` or `2001:db8::1`.
    ///
    /// Refused with nil: leading zeros in an IPv4 part (`010` is octal to some readers), fewer than four parts, hex or
    /// decimal wholes, zone ids (`fe80::1%eth0`), brackets, spaces, ports, and more than one `::`.
    public init?(_ text: String) {
        let bytes = Array(text.utf8.prefix(Self.longestText + 1))
        guard bytes.count <= Self.longestText else { return nil }
        if bytes.contains(UInt8(ascii: ":")) {
            guard let groups = Self.groups(of: bytes[...]) else { return nil }
            let high = groups.prefix(4).reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
            let low = groups.dropFirst(4).reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
            self.init(high: high, low: low)
        } else {
            guard let v4 = Self.dottedQuad(bytes[...]) else { return nil }
            self.init(v4: v4)
        }
    }

    /// The text of RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as `::` (the first
    /// of equals). IPv4 as a dotted quad, whichever way it was written.
    public var description: String {
        if let v4 { return String(decoding: Self.dotted(v4), as: UTF8.self) }
        let groups = [high, low].flatMap { half in
            (0..<4).map { UInt16(truncatingIfNeeded: half >> (48 - 16 * UInt64($0))) }
        }
        let run = Self.longestZeroRun(in: groups)
        let hex = { (part: ArraySlice<UInt16>) in part.map { String($0, radix: 16) }.joined(separator: ":") }
        guard !run.isEmpty else { return hex(groups[...]) }
        return hex(groups[..<run.lowerBound]) + "::" + hex(groups[run.upperBound...])
    }

    /// The bytes of `description`.
    public var text: [UInt8] { v4.map(Self.dotted) ?? Array(description.utf8) }

    /// Asked for with each connection: written in place, without a string for each part.
    private static func dotted(_ address: UInt32) -> [UInt8] {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 15) { text in
            var count = 0
            for shift in [UInt32(24), 16, 8, 0] {
                let part = UInt8(truncatingIfNeeded: address &>> shift)
                if count > 0 {
                    text[count] = UInt8(ascii: ".")
                    count += 1
                }
                for divisor in [UInt8(100), 10, 1] where part >= divisor || divisor == 1 {
                    text[count] = UInt8(ascii: "0") + part / divisor % 10
                    count += 1
                }
            }
            return Array(UnsafeBufferPointer(rebasing: text[..<count]))
        }
    }

    /// The range of zero groups that `::` stands for; empty when no run has two groups (RFC 5952 4.2.2).
    private static func longestZeroRun(in groups: [UInt16]) -> Range<Int> {
        var best = 0..<0
        var start = 0
        for (index, group) in groups.enumerated() {
            guard group == 0 else {
                start = index + 1
                continue
            }
            let run = start..<(index + 1)
            if run.count > best.count { best = run }
        }
        return best.count >= 2 ? best : 0..<0
    }

    /// Four decimal parts of 0...255 without leading zeros, as 32 bits in host order.
    private static func dottedQuad(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var result: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var value: UInt32 = 0
            for byte in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + UInt32(byte - UInt8(ascii: "0"))
            }
            guard value <= 255 else { return nil }
            result = result << 8 | value
        }
        return result
    }

    /// The eight groups of an IPv6 text, `::` filled in (RFC 4291 2.2); nil when the text is not one.
    private static func groups(of bytes: ArraySlice<UInt8>) -> [UInt16]? {
        let colon = UInt8(ascii: ":")
        guard let gap = bytes.indices.dropLast().first(where: { bytes[$0] == colon && bytes[$0 + 1] == colon }) else {
            guard let groups = plainGroups(bytes, mayEndInQuad: true), groups.count == 8 else { return nil }
            return groups
        }
        guard let before = plainGroups(bytes[..<gap], mayEndInQuad: false),
            let after = plainGroups(bytes[(gap + 2)...], mayEndInQuad: true),
            before.count + after.count <= 7
        else { return nil }
        return before + [UInt16](repeating: 0, count: 8 - before.count - after.count) + after
    }

    /// Groups of one to four hex digits between single colons; the last may be a dotted quad where allowed.
    private static func plainGroups(_ bytes: ArraySlice<UInt8>, mayEndInQuad: Bool) -> [UInt16]? {
        guard !bytes.isEmpty else { return [] }
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if mayEndInQuad, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let quad = dottedQuad(part) else { return nil }
                groups += [UInt16(truncatingIfNeeded: quad >> 16), UInt16(truncatingIfNeeded: quad)]
            } else {
                guard let group = hexGroup(part) else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func hexGroup(_ bytes: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(bytes.count) else { return nil }
        var value: UInt16 = 0
        for byte in bytes {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
