/// The fields by which a head itself is understood, found in the one walk that says of what kind each line is.
struct KeyFields {
    private(set) var host = Occurrence.never
    private(set) var expect = Occurrence.never
    private(set) var contentLength = Occurrence.never
    private(set) var transferEncoding = Occurrence.never
    private(set) var connection: ConnectionOptions = []
    /// A bit for each kind that a line is of.
    private(set) var kinds: UInt64 = 0

    /// What there is of a field that may stand in a head only once: where its value is.
    enum Occurrence {
        case never
        case once(Range<Int>)
        case repeated

        fileprivate mutating func add(_ value: Range<Int>) {
            if case .never = self { self = .once(value) } else { self = .repeated }
        }
    }

    /// - Parameter fields: get their kinds here.
    init(_ bytes: Span<UInt8>, _ fields: inout [HeaderField]) {
        for index in fields.indices {
            let field = fields[index]
            let kind = FieldKind(bytes.extracting(field.name))
            kinds |= kind.bit
            guard kind != .other else { continue }
            fields[index].kind = kind
            switch kind {
            case .host: host.add(field.value)
            case .expect: expect.add(field.value)
            case .connection: connection.formUnion(list: field.value, of: bytes)
            case .contentLength: contentLength.add(field.value)
            case .transferEncoding: transferEncoding.add(field.value)
            default: break
            }
        }
    }
}
