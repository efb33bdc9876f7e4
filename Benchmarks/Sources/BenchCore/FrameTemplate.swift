/// One frame that is sent over and over, stored several times in a row so that one send can carry many of them.
package final class FrameTemplate {
    /// Bytes of one frame, header and all.
    package let frameCount: Int
    private let bytes: UnsafeMutableRawBufferPointer

    /// Holds `frame`, which is not empty, as often as fits into `area` bytes, at least once.
    package init(_ frame: [UInt8], area: Int = 0) {
        frameCount = frame.count
        let repeats = max(1, area / max(1, frame.count))
        bytes = .allocate(byteCount: frame.count * repeats, alignment: 16)
        for index in 0 ..< repeats {
            UnsafeMutableRawBufferPointer(rebasing: bytes[(index * frame.count)...]).copyBytes(from: frame)
        }
    }

    deinit { bytes.deallocate() }

    /// The bytes from `offset` of a first frame to the end of the last of at most `frames` frames (1 or more).
    package func slice(from offset: Int, frames: Int) -> UnsafeRawBufferPointer {
        let held = bytes.count / frameCount
        return UnsafeRawBufferPointer(rebasing: bytes[offset ..< min(frames, held) * frameCount])
    }
}
