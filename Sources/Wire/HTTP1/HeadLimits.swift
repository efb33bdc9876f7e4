/// How large a head may be before it is refused, in bytes and lines.
///
/// The parsers hold nothing beyond what the caller buffers, so these bounds are also the bounds on memory for one head.
public struct HeadLimits: Sendable, Equatable {
    /// Bytes of a whole head, a leading empty line and the closing one included. Past it: 431 (RFC 6585 5).
    public var maxHead: Int
    /// Field lines of one head, or of one trailer section. Past it: 431.
    public var maxHeaders: Int
    /// Bytes of a request target. Past it: 414 (RFC 9110 15.5.15).
    public var maxTarget: Int

    /// The defaults are 32 KiB, 100 lines and 8 KiB. A limit of 0 or less refuses every head.
    public init(maxHead: Int = 32 * 1024, maxHeaders: Int = 100, maxTarget: Int = 8 * 1024) {
        self.maxHead = maxHead
        self.maxHeaders = maxHeaders
        self.maxTarget = maxTarget
    }
}
