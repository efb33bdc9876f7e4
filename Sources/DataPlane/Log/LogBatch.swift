/// Whole lines on their way to the output.
struct LogBatch: Sendable {
    var bytes: [UInt8] = []
    var lines: UInt64 = 0

    /// Makes room for the next batch; memory that only a burst needed is given back.
    mutating func clear() {
        if bytes.capacity > 1 << 18 {
            bytes = []
        } else {
            bytes.removeAll(keepingCapacity: true)
        }
        lines = 0
    }
}
