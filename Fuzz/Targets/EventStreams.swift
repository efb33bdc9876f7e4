import Wire

/// Follows an event stream whole and in pieces: behind every piece both say the same. A boundary is one by a simple
/// reading of all bytes before it, and a comment put there leaves every event as it was.
@_cdecl("LLVMFuzzerTestOneInput")
func eventStreams(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start, count: count).dropFirst())
    var cuts = Cuts(seed: start[0])
    var pieces = EventStreamScanner()
    var from = 0
    var places: [Int] = []
    for end in cuts.ends(bytes.count) {
        pieces.take(bytes.span.extracting(from..<end))
        var whole = EventStreamScanner()
        whole.take(bytes.span.extracting(0..<end))
        expect(whole.isBetweenEvents == pieces.isBetweenEvents, "cutting the input moved a boundary")
        expect(whole.isBetweenEvents == isBoundary(bytes[..<end]), "a simple reader sees another boundary")
        if whole.isBetweenEvents { places.append(end) }
        from = end
    }
    if let place = places.last {
        let commented = Array(bytes[..<place] + Array(": ping\n\n".utf8) + bytes[place...])
        expect(events(commented) == events(bytes), "a comment changed an event")
    }
    return 0
}

/// The rule itself: nothing yet, or a line end that does not wait for a LF, behind an empty line.
func isBoundary(_ bytes: ArraySlice<UInt8>) -> Bool {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes
    if text.isEmpty { return true }
    guard text.last == 10 else { return false }
    let before = text.dropLast(text.dropLast().last == 13 ? 2 : 1)
    return before.isEmpty || before.last == 10 || before.last == 13
}

/// The events as a browser collects them: the lines between empty lines, comments left out, where any line is left.
func events(_ bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var events: [[ArraySlice<UInt8>]] = []
    var event: [ArraySlice<UInt8>] = []
    var rest = bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...]
    while let end = rest.firstIndex(where: { $0 == 10 || $0 == 13 }) {
        let line = rest[..<end]
        let isPair = rest[end] == 13 && rest[end...].dropFirst().first == 10
        rest = rest[end...].dropFirst(isPair ? 2 : 1)
        if !line.isEmpty {
            if line.first != 0x3A { event.append(line) }
        } else if !event.isEmpty {
            events.append(event)
            event = []
        }
    }
    // What has no empty line behind it yet is an event to come.
    return events + [event] + [[rest]]
}
