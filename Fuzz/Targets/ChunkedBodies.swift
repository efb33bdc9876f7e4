import Wire

/// Scans a chunked body whole and in pieces: both must end at the same byte or fail for the same reason. A body that ends
/// is decoded a second time, simply and slowly, and must end there too.
@_cdecl("LLVMFuzzerTestOneInput")
func chunkedBodies(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start, count: count).dropFirst())
    let whole = scan(bytes, ends: [bytes.count])
    var cuts = Cuts(seed: start[0])
    expect(scan(bytes, ends: cuts.ends(bytes.count)) == whole, "cutting the input changed the outcome")
    if case .done(let end) = whole {
        let simple = simplyRead(bytes)
        expect(simple?.end == end, "a simple reader finds another end")
        expect(data(bytes, ends: [bytes.count]) == simple?.body, "the ranges are not the body")
        var again = Cuts(seed: start[0])
        expect(data(bytes, ends: again.ends(bytes.count)) == simple?.body, "the ranges of the pieces are not the body")
    }
    return 0
}

enum Outcome: Equatable {
    case done(Int)
    case open
    case refused(ChunkedError)
}

func scan(_ bytes: [UInt8], ends: [Int]) -> Outcome {
    var scanner = ChunkedScanner(limits: HeadLimits(maxHead: 512, maxHeaders: 5))
    var start = 0
    for end in ends {
        do throws(ChunkedError) {
            let progress = try scanner.scan(bytes.span.extracting(start..<end))
            expect(progress.consumed <= end - start, "more consumed than given")
            expect(progress.isDone || progress.consumed == end - start, "bytes left before the end")
            if progress.isDone { return .done(start + progress.consumed) }
            start = end
        } catch {
            return .refused(error)
        }
    }
    return .open
}

/// What the ranges add up to that the scanner hands out, of a body that ends.
func data(_ bytes: [UInt8], ends: [Int]) -> [UInt8] {
    var scanner = ChunkedScanner(limits: HeadLimits(maxHead: 512, maxHeaders: 5))
    var body: [UInt8] = []
    var start = 0
    for end in ends {
        do throws(ChunkedError) {
            let progress = try scanner.scan(bytes.span.extracting(start..<end)) { range in
                expect(!range.isEmpty && range.upperBound <= end - start, "a range that is none")
                body += bytes[(start + range.lowerBound)..<(start + range.upperBound)]
            }
            if progress.isDone { return body }
            expect(!scanner.isBetweenChunks || simplyRead(Array(bytes[..<end] + Array("0\r\n\r\n".utf8)))?.body == body,
                "no chunk fits between these chunks")
        } catch {
            fatalError("property broken: a body that ended is refused")
        }
        start = end
    }
    fatalError("property broken: a body that ended does not end")
}

/// Line by line: a size up to `;` or a blank, the data, and at the last chunk lines until an empty one.
func simplyRead(_ bytes: [UInt8]) -> (body: [UInt8], end: Int)? {
    var rest = bytes[...]
    var body: [UInt8] = []
    func line() -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: 10), end > rest.startIndex, rest[end - 1] == 13 else { return nil }
        let line = rest[rest.startIndex..<(end - 1)]
        rest = rest[(end + 1)...]
        return line
    }
    while let head = line() {
        let digits = head.prefix { $0 != 0x3B && $0 != 0x20 && $0 != 0x09 }
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
        if size == 0 {
            while let trailer = line() { if trailer.isEmpty { return (body, rest.startIndex) } }
            return nil
        }
        guard rest.count >= size + 2 else { return nil }
        body += rest.prefix(size)
        rest = rest.dropFirst(size + 2)
    }
    return nil
}
