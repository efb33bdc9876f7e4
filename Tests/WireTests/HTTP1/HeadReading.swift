import Testing
import Wire

/// What reading one head came to, in a form that two runs can be compared by.
enum HeadOutcome<Head: Sendable, Failure: Error & Equatable>: Sendable {
    case head(Head)
    case refused(Failure)
    case incomplete

    var head: Head? {
        if case .head(let head) = self { head } else { nil }
    }

    var refusal: Failure? {
        if case .refused(let failure) = self { failure } else { nil }
    }
}

typealias RequestOutcome = HeadOutcome<RequestHead, RequestHeadError>
typealias ResponseOutcome = HeadOutcome<ResponseHead, ResponseHeadError>

/// Reads `bytes` whole, byte by byte, and cut in two at every place (for inputs up to 2 KiB); all must agree.
func readRequest(
    _ bytes: [UInt8], limits: HeadLimits = HeadLimits(), location: SourceLocation = #_sourceLocation
) -> RequestOutcome {
    let whole = requestOutcome(bytes, cuts: [], limits)
    for cuts in allCuts(bytes.count) {
        let pieces = requestOutcome(bytes, cuts: cuts, limits)
        #expect(agree(pieces, whole), "cut at \(cuts.prefix(3))", sourceLocation: location)
    }
    return whole
}

func readRequest(
    _ text: String, limits: HeadLimits = HeadLimits(), location: SourceLocation = #_sourceLocation
) -> RequestOutcome {
    readRequest(Array(text.utf8), limits: limits, location: location)
}

/// The same for responses.
func readResponse(
    _ bytes: [UInt8], limits: HeadLimits = HeadLimits(), location: SourceLocation = #_sourceLocation
) -> ResponseOutcome {
    let whole = responseOutcome(bytes, cuts: [], limits)
    for cuts in allCuts(bytes.count) {
        let pieces = responseOutcome(bytes, cuts: cuts, limits)
        #expect(agree(pieces, whole), "cut at \(cuts.prefix(3))", sourceLocation: location)
    }
    return whole
}

func readResponse(
    _ text: String, limits: HeadLimits = HeadLimits(), location: SourceLocation = #_sourceLocation
) -> ResponseOutcome {
    readResponse(Array(text.utf8), limits: limits, location: location)
}

/// A request with `lines` behind a good request line and `Host`.
func request(_ lines: String..., start: String = "GET / HTTP/1.1", host: String? = "a.example") -> String {
    let all = [start] + (host.map { ["Host: \($0)"] } ?? []) + lines
    return all.joined(separator: "\r\n") + "\r\n\r\n"
}

private func allCuts(_ count: Int) -> [[Int]] {
    guard count > 1, count <= 2048 else { return [] }
    return (1..<count).map { [$0] } + [Array(1..<count)]
}

private func requestOutcome(_ bytes: [UInt8], cuts: [Int], _ limits: HeadLimits) -> RequestOutcome {
    var parser = RequestHeadParser(limits: limits)
    for end in cuts + [bytes.count] {
        do {
            if let head = try parser.parse(bytes.span.extracting(0..<end)) { return .head(head) }
        } catch {
            return .refused(error)
        }
    }
    return .incomplete
}

private func responseOutcome(_ bytes: [UInt8], cuts: [Int], _ limits: HeadLimits) -> ResponseOutcome {
    var parser = ResponseHeadParser(limits: limits)
    for end in cuts + [bytes.count] {
        do {
            if let head = try parser.parse(bytes.span.extracting(0..<end)) { return .head(head) }
        } catch {
            return .refused(error)
        }
    }
    return .incomplete
}

/// Whether two runs came to the same: the same refusal, or heads that are equal in every part.
private func agree(_ one: RequestOutcome, _ other: RequestOutcome) -> Bool {
    guard let a = one.head, let b = other.head else {
        return one.head == nil && other.head == nil && one.refusal == other.refusal
    }
    return a.method == b.method && a.target == b.target && a.version == b.version && a.host == b.host && a.port == b.port
        && a.body == b.body && a.length == b.length && a.expectsContinue == b.expectsContinue
        && a.headers.bytes == b.headers.bytes && a.headers.fields == b.headers.fields
}

private func agree(_ one: ResponseOutcome, _ other: ResponseOutcome) -> Bool {
    guard let a = one.head, let b = other.head else {
        return one.head == nil && other.head == nil && one.refusal == other.refusal
    }
    return a.status == b.status && a.reason == b.reason && a.version == b.version && a.declaredBody == b.declaredBody
        && a.length == b.length && a.headers.bytes == b.headers.bytes && a.headers.fields == b.headers.fields
}
