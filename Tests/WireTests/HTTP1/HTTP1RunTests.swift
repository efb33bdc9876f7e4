import Support
import Testing

@testable import Wire

@Suite("Runs of bytes in a head")
struct HTTP1RunTests {
    /// Every byte at every place among 20 others, from every start: words of eight must stop where single bytes do.
    @Test("a run ends at the first byte that is not of its kind, and never behind its limit")
    func runs() {
        for byte in UInt8.min...UInt8.max {
            let isText = byte >= 0x20 && byte != 0x7F
            let isVisible = byte > 0x20 && byte < 0x7F
            let isToken = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8.contains(byte)
            var wrong: [Range<Int>] = []
            for place in 0..<20 {
                var bytes = [UInt8](repeating: 0x61, count: 20)
                bytes[place] = byte
                for run in [0..<20, place..<20, max(0, place - 3)..<min(20, place + 9), 0..<place, 20..<20] {
                    let (start, end) = (run.lowerBound, run.upperBound)
                    let stop = run.contains(place) ? place : end
                    if bytes.span.endOfText(from: start, to: end) != (isText ? end : stop)
                        || bytes.span.endOfToken(from: start, to: end) != (isToken ? end : stop)
                        || bytes.span.endOfVisible(from: start, to: end) != (isVisible ? end : stop)
                    {
                        wrong.append(run)
                    }
                }
            }
            #expect(wrong.isEmpty, "byte \(byte)")
        }
    }

    @Test("the first of two controls is found, also next to bytes past ASCII")
    func firstOfTwo() {
        for one in [0x00, 0x09, 0x1F, 0x7F, 0x80, 0xFF, 0x20] as [UInt8] {
            for other in [0x00, 0x0D, 0x7F, 0x80, 0xA0, 0xFF] as [UInt8] {
                for place in 0..<7 {
                    var bytes = [UInt8](repeating: 0x80, count: 8)
                    bytes[place] = one
                    bytes[place + 1] = other
                    let simple = bytes.firstIndex { $0 < 0x20 || $0 == 0x7F } ?? 8
                    #expect(bytes.span.endOfText(from: 0, to: 8) == simple)
                }
            }
        }
    }

    @Test("words of eight are equal, and hold a byte, exactly when their single bytes do")
    func words() {
        let texts: [StaticString] = [
            "z", "close", "Upgrade", "web-Host", "[@`{azAZ_", "100-continue", "content-length-0", "x-forwarded-proto",
            "sec-websocket-extensions", "na\u{EF}ve-names",
        ]
        func lowercase(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte }
        for text in texts {
            let whole = text.withUTF8Buffer { Array($0) }
            var wrong: [UInt8] = []
            for byte in UInt8.min...UInt8.max {
                for place in whole.indices {
                    var bytes = whole
                    bytes[place] = byte
                    if ASCII.equal(bytes.span, text) != (lowercase(byte) == lowercase(whole[place]))
                        || bytes.span.isEqual(to: whole.span) != (byte == whole[place])
                        || bytes.span.contains(byte) != true || whole.span.contains(byte) != whole.contains(byte)
                    {
                        wrong.append(byte)
                    }
                }
            }
            #expect(wrong.isEmpty, "in \(text)")
            #expect(!ASCII.equal(Array(whole.dropLast()).span, text) && !whole.span.isEqual(to: (whole + [0x61]).span))
        }
        #expect(ASCII.equal([UInt8]().span, "") && ![UInt8]().span.contains(0) && [UInt8]().span.isEqual(to: [UInt8]().span))
    }

    /// Where one byte might do something to its neighbours: the edges of the letters, both cases, and bytes past ASCII.
    @Test("words of eight judge bytes one by one, whoever their neighbours are")
    func neighbours() {
        var random = SeededRandom(seed: 8)
        let edges: [UInt8] = [0x00, 0x2D, 0x40, 0x41, 0x5A, 0x5B, 0x5F, 0x60, 0x61, 0x7A, 0x7B, 0x7F, 0x80, 0xC1, 0xDA, 0xE1, 0xFF]
        func lowercase(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte }
        let texts: [StaticString] = ["@AZ[`az{", "[Z@z{a`A", "-_@`aA-zZ[{", "AZaz@`[{-_AZaz@`[{-_aaaa"]
        var wrong: [[UInt8]] = []
        for _ in 0..<5_000 {
            for text in texts {
                let whole = text.withUTF8Buffer { Array($0) }
                // Each byte stays, changes its case or what looks like it, or becomes any of the edges.
                let bytes = whole.map { [$0, $0, $0 ^ 0x20, edges[random.below(edges.count)]][random.below(4)] }
                let isToken = bytes.map { ASCII.isToken($0) }
                if ASCII.equal(bytes.span, text) != (bytes.map(lowercase) == whole.map(lowercase))
                    || bytes.span.isEqual(to: whole.span) != (bytes == whole)
                    || bytes.span.endOfToken(from: 0, to: bytes.count) != (isToken.firstIndex(of: false) ?? bytes.count)
                {
                    wrong.append(bytes)
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.first ?? [])")
    }

    @Test("the digits of Base64 are told from all other bytes")
    func base64() {
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
        #expect((UInt8.min...UInt8.max).filter { ASCII.isBase64($0) != digits.contains($0) }.isEmpty)
    }

    @Test("limits of zero or less refuse every head, and trailing blanks are no value wherever they fall")
    func edges() {
        #expect(readRequest("G", limits: HeadLimits(maxHead: 0)).refusal == .targetTooLong)
        #expect(readRequest("G", limits: HeadLimits(maxHead: -5)).refusal == .targetTooLong)
        #expect(readRequest("GET /", limits: HeadLimits(maxTarget: -1)).refusal == .targetTooLong)
        #expect(readResponse("H", limits: HeadLimits(maxHead: 0)).refusal == .headTooLarge)
        #expect(readRequest(request("A: b"), limits: HeadLimits(maxHeaders: -1)).refusal == .tooManyHeaders)
        for value in ["a b", "a  \t b", "abcdefg", "abcdefgh", "a \t \t b \u{E9}", "a"] {
            for tail in ["", " ", "\t", "   \t   ", "        ", "\t\t\t\t\t\t\t\t\t "] {
                let head = readRequest(request("A:\(tail)\(value)\(tail)")).head
                #expect(head?.headers.first("A").map(Array.init) == Array(value.utf8))
            }
        }
    }
}
