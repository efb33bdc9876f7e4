/// The fields by which a head itself is understood, found in the one walk that says of what kind each line is.
struct KeyFields {
    private(set) var host = Occurrence.never
    private(set) var expect = Occurrence.never
    private(set) var contentLength = Occurrence.never
    private(set) var transferEncoding = Occurrence.never
    private(set) var connection: ConnectionOptions = []
    /// A bit for each kind that a line is of.
    private(set) var kinds: UInt64 = 0

    /// - Parameter fields: get their kinds here.
    init(_ bytes: Span<UInt8>, _ fields: inout [HeaderField]) {
        var lines = fields.mutableSpan
        for index in lines.indices {
            let field = lines[index]
            let kind = FieldKind(bytes.extracting(field.name))
            kinds |= kind.bit
            guard kind != .other else { continue }
            lines[index].kind = kind
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
