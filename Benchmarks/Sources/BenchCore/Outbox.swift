/// What one connection still has to say: loose bytes (a head, a pong, what an echo could not send at once) and a number of
/// frames of a template. Loose bytes go first, but never into the middle of a frame.
package struct Outbox {
    /// How a flush ended.
    package enum Flush: Equatable { case drained, blocked, failed }

    /// Whole frames still to go, the one that is partly out among them. `Int.max` never ends.
    package var frames = 0
    private var loose: [UInt8] = []
    private var looseSent = 0
    private var frameOffset = 0
    /// A TLS stream that refused part of a frame wants the same bytes again: nothing may slip in before them.
    private var frameRefused = false

    package init() {}

    package var isEmpty: Bool { frames == 0 && loose.isEmpty }

    package mutating func append(_ bytes: some Collection<UInt8>) { loose.append(contentsOf: bytes) }

    /// Sends until nothing is left or the kernel takes no more; a flood yields after `turns` sends so that others get a turn.
    package mutating func flush(to stream: Stream, template: FrameTemplate?, turns: Int = 16) -> Flush {
        for _ in 0 ..< turns {
            if !loose.isEmpty && frameOffset == 0 && !frameRefused {
                let result = loose.withUnsafeBytes { stream.send(UnsafeRawBufferPointer(rebasing: $0[looseSent...])) }
                guard case .moved(let count) = result else { return result == .blocked ? .blocked : .failed }
                looseSent += count
                if looseSent == loose.count {
                    loose.removeAll(keepingCapacity: false)
                    looseSent = 0
                }
            } else if frames > 0, let template {
                let result = stream.send(template.slice(from: frameOffset, frames: loose.isEmpty ? frames : 1))
                frameRefused = result == .blocked
                guard case .moved(let count) = result else { return frameRefused ? .blocked : .failed }
                sentOfFrames(count, template.frameCount)
            } else {
                return .drained
            }
        }
        return isEmpty ? .drained : .blocked
    }

    private mutating func sentOfFrames(_ count: Int, _ frameCount: Int) {
        let total = frameOffset + count
        if frames != .max { frames -= total / frameCount }
        frameOffset = total % frameCount
    }
}
