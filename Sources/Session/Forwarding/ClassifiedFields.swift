import Wire

/// The fields of a head with what forwarding does with each, found in one walk.
///
/// What the sender's `Connection` names ends at this hop (RFC 9110 7.6.1), see `FieldKind.canBeNominated` for what it cannot
/// end that way.
struct ClassifiedFields {
    let headers: Headers
    /// One a field, in the order of `headers.fields`.
    private(set) var kinds: [FieldKind] = []
    /// The bit of each kind that a field was of, nominated ones included: most look-ups end here.
    private var found: UInt64 = 0

    /// - Parameter options: of `Connection`, as the head's parser found them.
    init(_ headers: Headers, _ options: ConnectionOptions) {
        self.headers = headers
        kinds.reserveCapacity(headers.fields.count)
        for field in headers.fields {
            let kind = FieldKind(headers.bytes.span.extracting(field.name))
            found |= ClassifiedFields.bit(kind)
            kinds.append(kind)
        }
        if options.contains(.other) { nominate() }
    }

    /// All fields of that kind, in order.
    func values(_ kind: FieldKind) -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        guard has(kind) else { return result }
        for (field, one) in zip(headers.fields, kinds) where one == kind { result.append(headers.value(field)) }
        return result
    }

    /// The value of the first field of that kind.
    func first(_ kind: FieldKind) -> ArraySlice<UInt8>? {
        guard has(kind) else { return nil }
        for (field, one) in zip(headers.fields, kinds) where one == kind { return headers.value(field) }
        return nil
    }

    /// The value of the field of that kind, if there is exactly one.
    func only(_ kind: FieldKind) -> ArraySlice<UInt8>? {
        guard has(kind) else { return nil }
        var only: HeaderField?
        for (field, one) in zip(headers.fields, kinds) where one == kind {
            guard only == nil else { return nil }
            only = field
        }
        return only.map(headers.value)
    }

    private func has(_ kind: FieldKind) -> Bool {
        found & ClassifiedFields.bit(kind) != 0
    }

    private static func bit(_ kind: FieldKind) -> UInt64 {
        1 &<< UInt64(kind.rawValue)
    }

    // MARK: Connection

    /// Up to so many options are compared one by one.
    private static let few = 16

    private mutating func nominate() {
        var options: [Range<Int>] = []
        for (field, kind) in zip(headers.fields, kinds) where kind == .connection {
            for option in ListMembers(headers.bytes, field.value) where !isCommon(option) { options.append(option) }
        }
        guard !options.isEmpty else { return }
        // A head may hold thousands of options: then they are looked up, so that no head costs more than its length.
        let many = options.count > Self.few ? Set(options.map(lowercased)) : nil
        for (index, field) in headers.fields.enumerated() where kinds[index].canBeNominated {
            if let many {
                if many.contains(lowercased(field.name)) { kinds[index] = .nominated }
            } else if options.contains(where: { isEqual($0, field.name) }) {
                kinds[index] = .nominated
            }
        }
    }

    /// `close`, `keep-alive` and `upgrade` name no field that would pass.
    private func isCommon(_ option: Range<Int>) -> Bool {
        let name = headers.bytes.span.extracting(option)
        return HeaderName.equal(name, "keep-alive") || HeaderName.equal(name, "close") || HeaderName.equal(name, "upgrade")
    }

    private func isEqual(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        HeaderName.equal(headers.bytes.span.extracting(one), headers.bytes.span.extracting(other))
    }

    private func lowercased(_ range: Range<Int>) -> [UInt8] {
        headers.bytes[range].map(HeaderName.lowercase)
    }
}
