extension Span<UInt8> {
    /// The same bytes in an array of their own.
    func copied() -> [UInt8] {
        withUnsafeBufferPointer { Array($0) }
    }
}
