/// When one message goes to all tunnels, and which.
package struct FanOut {
    /// It begins when so many tunnels are there.
    package let tunnels: Int
    /// Nanoseconds from one message to the next.
    package let interval: UInt64
    package let bytes: Int
    private var next: UInt64?
    private var sequence: UInt64 = 0

    package init(tunnels: Int, interval: UInt64, bytes: Int) {
        self.tunnels = tunnels
        self.interval = interval
        self.bytes = bytes
    }

    /// Nanoseconds until the next message, with so many tunnels open; negative before there are enough.
    package mutating func wait(opened: Int, now: UInt64) -> Int64 {
        guard opened >= tunnels else { return -1 }
        let due = next ?? now + interval
        next = due
        return due > now ? Int64(clamping: due - now) : 0
    }

    /// The frame to send now, stamped with the present time; the next is due an interval after this one was.
    package mutating func frame(now: UInt64) -> [UInt8] {
        sequence += 1
        next = (next ?? now) + interval
        return FrameWriter.frame(opcode: 2, payload: Stamp(sequence: sequence, sentAt: now).payload(bytes), mask: nil)
    }
}
