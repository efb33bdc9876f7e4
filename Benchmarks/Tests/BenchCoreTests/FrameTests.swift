import Testing

@testable import BenchCore

/// What a reader made of a stream of frames, put together again.
private struct Collected: Equatable {
    var headers: [FrameReader.Event] = []
    var payloads: [[UInt8]] = []
    var current: [UInt8] = []

    mutating func read(_ bytes: [UInt8], with reader: inout FrameReader) throws {
        var bytes = bytes
        try bytes.withUnsafeMutableBytes { area in
            var cursor = 0
            while let event = try reader.next(in: UnsafeRawBufferPointer(area), cursor: &cursor) {
                guard case .payload(let start, let count, let offset, let ended) = event else {
                    headers.append(event)
                    continue
                }
                let piece = UnsafeMutableRawBufferPointer(rebasing: area[start ..< start + count])
                FrameWriter.apply(mask: reader.mask, to: piece, offset: offset)
                current.append(contentsOf: piece)
                if ended {
                    payloads.append(current)
                    current = []
                }
            }
            #expect(cursor == area.count)
        }
    }
}

struct FrameTests {
    private let payloads: [[UInt8]] = [0, 1, 7, 8, 125, 126, 300, 65536].map { count in
        (0 ..< count).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ 1) }
    }

    @Test(arguments: [nil, 0x9C3A_5E71, 0x0000_00FF] as [UInt32?])
    func `frames come out as they went in, split at every byte`(mask: UInt32?) throws {
        let small = payloads.filter { $0.count <= 300 }
        let wire = small.flatMap { FrameWriter.frame(opcode: 2, payload: $0, mask: mask) }
        for split in 0 ... wire.count {
            var reader = FrameReader()
            var collected = Collected()
            try collected.read(Array(wire[..<split]), with: &reader)
            try collected.read(Array(wire[split...]), with: &reader)
            #expect(collected.payloads == small)
            #expect(collected.headers == small.map { .header(opcode: 2, final: true, length: UInt64($0.count)) })
        }
    }

    @Test func `every length form is read back byte by byte`() throws {
        for payload in payloads {
            var reader = FrameReader()
            var collected = Collected()
            for byte in FrameWriter.frame(opcode: 1, payload: payload, mask: 0x1234_5678) {
                try collected.read([byte], with: &reader)
            }
            #expect(collected.payloads == [payload])
        }
    }

    @Test func `a length of 2 to the 63 is refused`() {
        var reader = FrameReader()
        var collected = Collected()
        #expect(throws: FrameReader.Fault.self) {
            try collected.read([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], with: &reader)
        }
    }

    @Test func `the masked Hello of RFC 6455 5_7 is read`() throws {
        var reader = FrameReader()
        var collected = Collected()
        try collected.read([0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58], with: &reader)
        #expect(collected.payloads == [Array("Hello".utf8)])
    }

    @Test func `masking in two pieces equals masking in one, wherever the cut`() {
        let mask: UInt32 = 0xA1B2_C3D4
        let original = (0 ..< 37).map { UInt8($0) }
        let expected = original.enumerated().map { $1 ^ withUnsafeBytes(of: mask) { Array($0) }[$0 & 3] }
        for cut in 0 ... original.count {
            var bytes = original
            bytes.withUnsafeMutableBytes { area in
                FrameWriter.apply(mask: mask, to: UnsafeMutableRawBufferPointer(rebasing: area[..<cut]), offset: 0)
                FrameWriter.apply(mask: mask, to: UnsafeMutableRawBufferPointer(rebasing: area[cut...]), offset: UInt64(cut))
            }
            #expect(bytes == expected)
        }
    }

    @Test func `a template yields whole frames from an offset, and no more than are asked for`() {
        let template = FrameTemplate([1, 2, 3], area: 10)
        #expect(Array(template.slice(from: 0, frames: .max)) == [1, 2, 3, 1, 2, 3, 1, 2, 3])
        #expect(Array(template.slice(from: 2, frames: 2)) == [3, 1, 2, 3])
        #expect(Array(template.slice(from: 1, frames: 1)) == [2, 3])
    }
}
