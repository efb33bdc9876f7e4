import Testing
import Wire

@Suite("Body framing of a request")
struct HTTP1FramingTests {
    private func framed(_ lines: String..., version: String = "HTTP/1.1") -> RequestOutcome {
        readRequest((["POST / \(version)", "Host: a"] + lines).joined(separator: "\r\n") + "\r\n\r\n")
    }

    @Test("a request without framing fields has no body, with GET or POST")
    func none() {
        #expect(framed().head?.body == BodyFraming.none)
    }

    @Test("H42: a GET with a length has that body")
    func getWithBody() {
        #expect(readRequest(request("Content-Length: 10")).head?.body == .length(10))
    }

    @Test("H1: Content-Length beside Transfer-Encoding ends in 400, in either order")
    func both() {
        #expect(framed("Content-Length: 5", "Transfer-Encoding: chunked").refusal == .bothLengthAndEncoding)
        #expect(framed("Transfer-Encoding: chunked", "Content-Length: 5").refusal == .bothLengthAndEncoding)
        #expect(framed("Transfer-Encoding: identity", "Content-Length: 0").refusal?.status == 400)
    }

    @Test("H2: two different lengths end in 400")
    func twoLengths() {
        #expect(framed("Content-Length: 5", "Content-Length: 6").refusal == .badContentLength)
    }

    @Test("H3: two equal lengths end in 400, on two lines or on one")
    func equalLengths() {
        #expect(framed("Content-Length: 5", "content-length: 5").refusal == .badContentLength)
        #expect(framed("Content-Length: 5, 5").refusal == .badContentLength)
        #expect(framed("Content-Length: 5,").refusal == .badContentLength)
    }

    @Test("H4: an empty length ends in 400, alone and beside a good one")
    func emptyLength() {
        #expect(framed("Content-Length:").refusal == .badContentLength)
        #expect(framed("Content-Length: \t").refusal == .badContentLength)
        #expect(framed("Content-Length:", "Content-Length: 5").refusal == .badContentLength)
        #expect(framed("Content-Length: 5", "Content-Length:").refusal == .badContentLength)
    }

    @Test(
        "H5: a length that is not digits alone ends in 400",
        arguments: ["+10", "-48", "-0", "0x10", "1_0", "1Z", "1 0", "1.0", "1e3", "\"10\"", "\u{0661}", "10;", "٣"])
    func badLengths(value: String) {
        let outcome = framed("Content-Length: \(value)")
        #expect(outcome.refusal == .badContentLength)
        #expect(outcome.refusal?.status == 400)
    }

    @Test("H5: leading zeros are read as decimal, and blanks around the number are not part of it")
    func leadingZeros() {
        #expect(framed("Content-Length: 010").head?.body == .length(10))
        #expect(framed("Content-Length: 0000000000000000000000000000000000000001").head?.body == .length(1))
        #expect(framed("Content-Length:\t  7 \t").head?.body == .length(7))
        #expect(framed("Content-Length: 0").head?.body == .length(0))
    }

    @Test("H6: lengths past 2^63 - 1 end in 400 without overflow")
    func hugeLengths() {
        #expect(framed("Content-Length: 9223372036854775807").head?.body == .length(UInt64(Int64.max)))
        for value in ["9223372036854775808", "18446744073709551615", "18446744073709551616", "99999999999999999999999999999999"] {
            #expect(framed("Content-Length: \(value)").refusal == .badContentLength)
        }
    }

    @Test("chunked is taken in any case", arguments: ["chunked", "Chunked", "CHUNKED", "\t chunked \t"])
    func chunked(value: String) {
        #expect(framed("Transfer-Encoding: \(value)").head?.body == .chunked)
    }

    @Test(
        "H7, H8: codings that are not ours end in 501, never read as chunked",
        arguments: ["identity", "xchunked", "gzip", "gzip, chunked", "blegh", "chunkedx", "identity, chunked"])
    func unknownCodings(value: String) {
        let outcome = framed("Transfer-Encoding: \(value)")
        #expect(outcome.refusal == .unsupportedTransferEncoding)
        #expect(outcome.refusal?.status == 501)
    }

    @Test(
        "H8, H9: chunked twice or not last, and lists that make no sense, end in 400",
        arguments: ["chunked, gzip", "chunked, chunked", "chunked,", ",chunked", "", "gzip,,chunked", "chunked;q=1", "chunked x"])
    func badLists(value: String) {
        let outcome = framed("Transfer-Encoding: \(value)")
        #expect(outcome.refusal == .badTransferEncoding)
        #expect(outcome.refusal?.status == 400)
    }

    @Test("H9: two Transfer-Encoding lines end in 400")
    func twice() {
        #expect(framed("Transfer-Encoding: chunked", "Transfer-Encoding: chunked").refusal == .badTransferEncoding)
        #expect(framed("Transfer-Encoding: gzip", "Transfer-Encoding: chunked").refusal == .badTransferEncoding)
        #expect(framed("Transfer-Encoding:", "Transfer-Encoding: chunked").refusal == .badTransferEncoding)
    }

    @Test("H11: a coding in quotes or behind foreign blanks ends in 400")
    func disguised() {
        #expect(framed("Transfer-Encoding: \"chunked\"").refusal == .badTransferEncoding)
        #expect(framed("Transfer-Encoding: \u{0B}chunked").refusal == .badHeaderValue)
        let start = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ".utf8)
        #expect(readRequest(start + [0xA0] + Array("chunked\r\n\r\n".utf8)).refusal == .badTransferEncoding)
    }

    @Test("H11: a name with an underscore frames nothing")
    func underscore() {
        #expect(framed("Transfer_Encoding: chunked").head?.body == BodyFraming.none)
        #expect(framed("Content_Length: 5").head?.body == BodyFraming.none)
    }

    @Test("H12: Transfer-Encoding in HTTP/1.0 ends in 400")
    func http10() {
        #expect(framed("Transfer-Encoding: chunked", version: "HTTP/1.0").refusal == .badTransferEncoding)
        #expect(framed("Content-Length: 3", version: "HTTP/1.0").head?.body == .length(3))
    }

    @Test("H41: 100-continue is seen when a body follows, and ignored without one and in HTTP/1.0")
    func expectation() {
        #expect(framed("Expect: 100-Continue", "Content-Length: 5").head?.expectsContinue == true)
        #expect(framed("Expect: 100-continue", "Transfer-Encoding: chunked").head?.expectsContinue == true)
        #expect(framed("Expect: 100-continue").head?.expectsContinue == false)
        #expect(framed("Expect: 100-continue", "Content-Length: 5", version: "HTTP/1.0").head?.expectsContinue == false)
        #expect(framed("Expect: foo", version: "HTTP/1.0").head?.expectsContinue == false)
    }

    @Test("H41: any other expectation ends in 417", arguments: ["foo", "", "100-continue, foo", "100-continue;x", "200-ok"])
    func otherExpectations(value: String) {
        let outcome = framed("Expect: \(value)", "Content-Length: 5")
        #expect(outcome.refusal == .unsupportedExpectation)
        #expect(outcome.refusal?.status == 417)
        #expect(framed("Expect: 100-continue", "Expect: 100-continue").refusal == .unsupportedExpectation)
    }
}
