/// How many messages and control frames went by. A message counts once, at its last fragment, under its first opcode.
package struct FrameTally: Sendable, Equatable {
    package var texts: UInt32 = 0
    package var binaries: UInt32 = 0
    package var pings: UInt32 = 0
    package var pongs: UInt32 = 0
    package var closes: UInt32 = 0
    /// Data frames that are not the last of their message.
    package var fragments: UInt32 = 0

    package init() {}

    /// Messages that carry data: what `idle` counts.
    package var messages: UInt32 { texts &+ binaries }
}
