import Testing

@testable import BenchCore

struct HeadTests {
    private let head = Array("HTTP/1.1 207 Odd\r\nX-Length: 1\r\nCONTENT-length:\t 42 \r\nLast:\r\n\r\n".utf8)

    @Test func `a head ends at its empty line, wherever the bytes are cut`() {
        let bytes = head + Array("body\r\n\r\n".utf8)
        for count in 0 ... bytes.count {
            let length = bytes.prefix(count).withUnsafeBytes { Head.length(of: $0) }
            #expect(length == (count < head.count ? nil : head.count))
        }
    }

    @Test func `an empty line without a carriage return, or at the very beginning, ends no head`() {
        for text in ["GET / HTTP/1.1\r\nHost: h\n\n", "\r\n", "GET / HTTP/1.1\r\n\n"] {
            #expect(Array(text.utf8).withUnsafeBytes { Head.length(of: $0) } == nil)
        }
    }

    @Test func `fields are found in any case, whole names only, without blanks around the value`() {
        head.withUnsafeBytes { bytes in
            #expect(Head.field("content-length", in: bytes).map(Array.init) == Array("42".utf8))
            #expect(Head.field("last", in: bytes).map(Array.init) == [])
            #expect(Head.field("length", in: bytes) == nil)
            #expect(Head.field("http/1.1 207 odd", in: bytes) == nil)
        }
    }

    @Test func `the status is three digits behind HTTP slash 1`() {
        #expect(head.withUnsafeBytes { Head.status(of: $0) } == 207)
        for text in ["HTTP/2.0 200 OK\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 20", "GET / HTTP/1.1\r\n"] {
            #expect(Array(text.utf8).withUnsafeBytes { Head.status(of: $0) } == nil)
        }
    }

    @Test(arguments: ["", "-1", "1a", "1 ", "1234567890123456789"])
    func `what is no number, or too long for one, is refused`(text: String) {
        #expect(Array(text.utf8).withUnsafeBytes { Head.number($0) } == nil)
    }
}
