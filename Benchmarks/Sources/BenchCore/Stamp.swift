/// What the payload of a fan-out message begins with: which message it is, and when the backend began to send it.
package struct Stamp: Equatable {
    /// Bytes it takes.
    package static let size = 16

    package let sequence: UInt64
    /// `Surroundings.now()` of the backend, which runs on the same machine.
    package let sentAt: UInt64

    package init(sequence: UInt64, sentAt: UInt64) {
        self.sequence = sequence
        self.sentAt = sentAt
    }

    /// `nil` when there are not exactly `size` bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        let halves = bytes.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        self.init(sequence: halves.0, sentAt: halves.1)
    }

    /// A payload of `count` bytes, at least `size`, that begins with this stamp.
    package func payload(_ count: Int) -> [UInt8] {
        var bytes = Payload.pattern(max(count, Self.size))
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: sequence, as: UInt64.self)
            $0.storeBytes(of: sentAt, toByteOffset: 8, as: UInt64.self)
        }
        return bytes
    }
}
