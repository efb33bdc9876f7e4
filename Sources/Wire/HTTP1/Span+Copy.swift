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

    /// The first place of that byte.
    func first(of byte: UInt8) -> Int? {
        for index in indices where self[index] == byte { return index }
        return nil
    }

    /// Whether that byte is among them. Eight at a time.
    func contains(_ byte: UInt8) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = 0
        while count &- index >= 8 {
            let word = bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self) ^ ones &* UInt64(byte)
            // A borrow may set bits above a byte that is zero, never without one.
            if (word &- ones) & ~word & ones &<< 7 != 0 { return true }
            index &+= 8
        }
        while index < count {
            if self[index] == byte { return true }
            index &+= 1
        }
        return false
    }
}
