import Wire

/// Follows frames whole and in pieces, bringing unfinished headers again as a tunnel does: every event falls on the same
/// byte, and the counts agree. The second byte of the input chooses sender, extensions, pongs and a message limit.
@_cdecl("LLVMFuzzerTestOneInput")
func frames(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 2 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start, count: count).dropFirst(2))
    let whole = follow(bytes, ends: [bytes.count], options: start[1])
    var cuts = Cuts(seed: start[0])
    let pieces = follow(bytes, ends: cuts.ends(bytes.count), options: start[1])
    expect(pieces.events == whole.events, "cutting the input changed the events")
    expect(pieces.tally == whole.tally, "cutting the input changed the counts")
    expect(pieces.isAtBoundary == whole.isAtBoundary, "cutting the input changed where the stream stands")
    expect(pieces.isInsideData == whole.isInsideData, "cutting the input changed whose payload it stands in")
    expect(pieces.isTracking == whole.isTracking, "cutting the input changed what is understood")
    return 0
}

struct Event: Equatable {
    let offset: Int
    let stop: FrameScanner.Stop
    let payload: [UInt8]
}

struct Followed {
    var events: [Event] = []
    var tally = FrameTally()
    var isAtBoundary = true
    var isInsideData = false
    var isTracking = true
}

func follow(_ bytes: [UInt8], ends: [Int], options: UInt8) -> Followed {
    var scanner = FrameScanner(sender: options & 1 == 0 ? .client : .backend, allowsReservedBits: options & 2 != 0)
    let stops = FrameScanner.Stops(atPong: options & 4 != 0, maximumMessage: options & 8 != 0 ? 200 : .max)
    var followed = Followed()
    // What has been walked over, as an offset of the whole stream; what lies before it is not brought again.
    var base = 0
    for end in ends {
        base += walk(bytes.span.extracting(base..<end), base: base, scanner: &scanner, stops: stops, into: &followed)
        expect(base <= end && end - base <= 139, "more held back than a control frame takes")
    }
    followed.tally = scanner.takeTally()
    followed.isAtBoundary = scanner.isAtBoundary
    followed.isInsideData = scanner.isInsideData
    followed.isTracking = scanner.isTracking
    return followed
}

/// Walks over `bytes` until they end or something unfinished must be brought again; returns how many were walked over.
func walk(
    _ bytes: Span<UInt8>, base: Int, scanner: inout FrameScanner, stops: FrameScanner.Stops, into followed: inout Followed
) -> Int {
    var offset = 0
    while true {
        let advance = scanner.advance(bytes, from: offset, stops: stops)
        expect(advance.end >= offset && advance.end <= bytes.count, "an end out of bounds")
        offset = advance.end
        var payload: [UInt8] = []
        switch advance.stop {
        case .end:
            expect(offset == bytes.count, "an end before the end")
            return offset
        case .incomplete: return offset
        case .close(let length):
            expect(bytes.count - offset >= length, "a Close that is not all here")
            let (code, reason) = ControlFrame.readClose(bytes, at: offset)
            payload = [UInt8(truncatingIfNeeded: code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)] + reason
        case .pong(let length):
            expect(bytes.count - offset >= length, "a pong that is not all here")
            payload = ControlFrame.isPong(bytes, at: offset, answering: 0) ? [1] : [0]
        case .boundary, .tooBig, .lost: break
        }
        followed.events.append(Event(offset: base + offset, stop: advance.stop, payload: payload))
        if case .close(let length) = advance.stop { offset += length }
        if case .pong(let length) = advance.stop { offset += length }
    }
}
