extension Span<UInt8> {
    /// The same bytes in an array of their own.
    func copied() -> [UInt8] {
        withUnsafeBufferPointer { Array($0) }
    }

    /// Whether both hold the same bytes. Eight at a time.
    func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var index = 0
        while count &- index >= 8 {
            guard bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
                == other.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            else { return false }
            index &+= 8
        }
        while index < count {
            guard self[index] == other[index] else { return false }
            index &+= 1
        }
        return true
    }
}
