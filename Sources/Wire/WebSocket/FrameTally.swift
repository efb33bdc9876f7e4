/// How many messages and control frames went by. A message counts once, at its last fragment, under its first opcode.
public struct FrameTally: Sendable, Equatable {
    public var texts: UInt32 = 0
    public var binaries: UInt32 = 0
    public var pings: UInt32 = 0
    public var pongs: UInt32 = 0
    public var closes: UInt32 = 0
    /// Data frames that are not the last of their message.
    public var fragments: UInt32 = 0

    public init() {}

    /// Messages that carry data: what `idle` counts.
    public var messages: UInt32 { texts &+ binaries }
}
