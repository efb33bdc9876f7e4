import Wire

/// Collects the data of an answer's body, its framing taken off (RFC 9112 6.3, 7.1). Its caller bounds what it is given.
struct CheckBody: Sendable {
    private enum Framing: Sendable {
        case length(UInt64)
        case chunked(ChunkedScanner)
        case untilClose
    }

    private var framing: Framing
    private(set) var data: [UInt8] = []

    init(_ framing: ResponseBodyFraming, limits: HeadLimits) {
        self.framing =
            switch framing {
            case .none: .length(0)
            case .length(let count): .length(count)
            case .chunked: .chunked(ChunkedScanner(limits: limits))
            case .untilClose: .untilClose
            }
    }

    /// Whether the connection's end is the body's.
    var endsWithConnection: Bool {
        if case .untilClose = framing { return true }
        return false
    }

    /// Takes what follows; true once the body is whole. What stands behind it is passed over.
    mutating func take(_ bytes: Span<UInt8>) throws(ChunkedError) -> Bool {
        switch framing {
        case .length(let left):
            let count = min(UInt64(clamping: bytes.count), left)
            for index in 0..<Int(clamping: count) { data.append(bytes[index]) }
            framing = .length(left - count)
            return left == count
        case .chunked(var scanner):
            let progress = try scanner.scan(bytes) { range in
                for index in range { data.append(bytes[index]) }
            }
            framing = .chunked(scanner)
            return progress.isDone
        case .untilClose:
            for index in bytes.indices { data.append(bytes[index]) }
            return false
        }
    }
}
