/// The fields by which a head itself is understood, found in one walk over its lines.
struct KeyFields {
    private(set) var host = Headers.Occurrence.never
    private(set) var expect = Headers.Occurrence.never
    private(set) var contentLength = Headers.Occurrence.never
    private(set) var transferEncoding = Headers.Occurrence.never
    private(set) var connection: ConnectionOptions = []

    init(_ headers: Headers) {
        let bytes = headers.bytes.span
        for field in headers.fields {
            // Most names differ in length already.
            switch field.name.count {
            case 4: if headers.isNamed(field, "Host") { host.add(headers.value(field)) }
            case 6: if headers.isNamed(field, "Expect") { expect.add(headers.value(field)) }
            case 10: if headers.isNamed(field, "Connection") { connection.formUnion(list: field.value, of: bytes) }
            case 14: if headers.isNamed(field, "Content-Length") { contentLength.add(headers.value(field)) }
            case 17: if headers.isNamed(field, "Transfer-Encoding") { transferEncoding.add(headers.value(field)) }
            default: break
            }
        }
    }
}
