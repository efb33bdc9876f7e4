import Wire

/// Reads a PROXY header out of every beginning of the input: once there is an outcome, more bytes do not change it. A
/// header that is taken keeps its bounds, and what is written of its two ends is read back as the same.
@_cdecl("LLVMFuzzerTestOneInput")
func proxyHeaders(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start, count: count).dropFirst())
    var cuts = Cuts(seed: start[0])
    var first: Outcome?
    for end in cuts.ends(bytes.count) {
        let outcome = read(bytes, end)
        if let first { expect(outcome == first, "more bytes changed the outcome") }
        if outcome != .incomplete { first = outcome }
    }
    switch first {
    case .header(let header): check(header, bytes)
    case .refused: break
    case .incomplete, nil: expect(bytes.count < ProxyHeaderParser.maxLength, "no outcome in the longest header")
    }
    return 0
}

enum Outcome: Equatable {
    case header(ProxyHeader)
    case refused(ProxyHeaderError)
    case incomplete
}

func read(_ bytes: [UInt8], _ end: Int) -> Outcome {
    do throws(ProxyHeaderError) {
        return try ProxyHeaderParser.parse(bytes.span.extracting(0..<end)).map { .header($0) } ?? .incomplete
    } catch {
        return .refused(error)
    }
}

func check(_ header: ProxyHeader, _ bytes: [UInt8]) {
    expect(header.length <= bytes.count && header.length <= ProxyHeaderParser.maxLength, "longer than its input")
    expect((header.source == nil) == (header.destination == nil), "one end without the other")
    // Every byte counts: a shorter beginning is no header yet.
    expect(read(bytes, header.length) == .header(header), "it needs bytes behind its end")
    expect(read(bytes, header.length - 1) == .incomplete, "it needs fewer bytes than it takes")
    if bytes.first == 0x50 { expect(header.length <= 107, "a line of more than 107 bytes") }
    guard let source = header.source, let destination = header.destination,
        source.ip.isIPv4 == destination.ip.isIPv4
    else { return }
    for written in [
        ProxyHeaderWriter.v1(source: source, destination: destination),
        ProxyHeaderWriter.v2(source: source, destination: destination),
    ] {
        let again = ProxyHeader(source: source, destination: destination, length: written.count)
        expect(read(written, written.count) == .header(again), "what was written is read as something else")
    }
}
