import Wire

/// The fields of a head with what forwarding does with each.
///
/// What the sender's `Connection` names ends at this hop (RFC 9110 7.6.1), see `FieldKind.canBeNominated` for what it cannot
/// end that way.
struct ClassifiedFields {
    let headers: Headers
    /// Of each field whether `Connection` names it; empty where it names none, as in nearly every head.
    private var nominated: [Bool] = []

    /// - Parameter options: of `Connection`, as the head's parser found them.
    init(_ headers: Headers, _ options: ConnectionOptions) {
        self.headers = headers
        if options.contains(.other) { nominate() }
    }

    func kind(_ index: Int) -> FieldKind {
        guard !nominated.isEmpty, nominated[index] else { return headers.fields[index].kind }
        return .nominated
    }

    /// All fields of that kind, in order.
    func values(_ kind: FieldKind) -> [ArraySlice<UInt8>] {
        guard headers.mayHave(kind) else { return [] }
        return headers.fields.indices.filter { self.kind($0) == kind }.map { headers.value(headers.fields[$0]) }
    }

    /// The first field of that kind.
    func first(_ kind: FieldKind) -> HeaderField? {
        guard headers.mayHave(kind) else { return nil }
        for index in headers.fields.indices where self.kind(index) == kind { return headers.fields[index] }
        return nil
    }

    /// The field of that kind, if there is exactly one.
    func only(_ kind: FieldKind) -> HeaderField? {
        guard headers.mayHave(kind) else { return nil }
        var only: HeaderField?
        for index in headers.fields.indices where self.kind(index) == kind {
            guard only == nil else { return nil }
            only = headers.fields[index]
        }
        return only
    }

    // MARK: Connection

    /// Up to so many options are compared one by one.
    private static let few = 16

    private mutating func nominate() {
        var options: [Range<Int>] = []
        for field in headers.fields where field.kind == .connection {
            for option in ListMembers(headers.bytes, field.value) where !isCommon(option) { options.append(option) }
        }
        guard !options.isEmpty else { return }
        // A head may hold thousands of options: then they are looked up, so that no head costs more than its length.
        let many = options.count > Self.few ? Set(options.map(lowercased)) : nil
        nominated = headers.fields.map { field in
            guard field.kind.canBeNominated else { return false }
            if let many { return many.contains(lowercased(field.name)) }
            return options.contains { isEqual($0, field.name) }
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
