import Support
import Testing

@testable import Wire

/// Walks a scanner over a stream that arrives in pieces, keeping the rule of its driver: bytes from `.incomplete` on come
/// again in front of the next piece.
struct FrameWalk {
    /// What the scanner told, at offsets of the whole stream.
    enum Verdict: Equatable {
        case boundary(Int)
        case close(at: Int, length: Int)
        case pong(at: Int, length: Int)
        case tooBig(Int)
        case lost(Int)
    }

    var scanner: FrameScanner
    var stops: FrameScanner.Stops
    private(set) var verdicts: [Verdict] = []
    /// Bytes that wait for their rest.
    private(set) var held: [UInt8] = []
    private var base = 0

    init(_ sender: FrameScanner.Sender, stops: FrameScanner.Stops = .init(), reserved: Bool = false) {
        scanner = FrameScanner(sender: sender, allowsReservedBits: reserved)
        self.stops = stops
    }

    mutating func take(_ piece: [UInt8]) {
        let bytes = held + piece
        held = []
        var offset = 0
        while true {
            let advance = scanner.advance(bytes.span, from: offset, stops: stops)
            require(advance.end >= offset && advance.end <= bytes.count, "a stop outside the bytes")
            offset = advance.end
            switch advance.stop {
            case .end:
                require(advance.end == bytes.count, "an end before the end")
                base += bytes.count
                return
            case .incomplete:
                held = Array(bytes[offset...])
                require(!held.isEmpty && held.count < 139, "\(held.count) bytes held")
                base += offset
                return
            case .boundary:
                verdicts.append(.boundary(base + offset))
                stops.atBoundary = false
            case .close(let length):
                verdicts.append(.close(at: base + offset, length: length))
                offset += length
            case .pong(let length):
                verdicts.append(.pong(at: base + offset, length: length))
                offset += length
            case .tooBig: verdicts.append(.tooBig(base + offset))
            case .lost: verdicts.append(.lost(base + offset))
            }
        }
    }

    /// Called for every byte of long streams, where an expectation would take most of the time.
    private func require(_ condition: Bool, _ problem: String) {
        if !condition { Issue.record("\(problem)") }
    }

    /// The same stream in one piece, then cut in two at every byte, then byte by byte: always the same verdicts.
    static func everyCut(
        _ bytes: [UInt8], _ fresh: FrameWalk, sourceLocation: SourceLocation = #_sourceLocation
    ) -> FrameWalk {
        var whole = fresh
        whole.take(bytes)
        for cut in 0...bytes.count {
            var halves = fresh
            halves.take(Array(bytes[..<cut]))
            halves.take(Array(bytes[cut...]))
            #expect(halves.verdicts == whole.verdicts, "cut at \(cut)", sourceLocation: sourceLocation)
            #expect(halves.held == whole.held && halves.scanner.tally == whole.scanner.tally, sourceLocation: sourceLocation)
        }
        var single = fresh
        for byte in bytes { single.take([byte]) }
        #expect(single.verdicts == whole.verdicts, "byte by byte", sourceLocation: sourceLocation)
        #expect(single.held == whole.held && single.scanner.tally == whole.scanner.tally, sourceLocation: sourceLocation)
        return whole
    }
}
