import Testing
import Wire

/// What reading a PROXY header came to.
enum ProxyOutcome: Equatable {
    case header(ProxyHeader)
    case refused(ProxyHeaderError)
    case incomplete

    var refusal: ProxyHeaderError? {
        if case .refused(let error) = self { error } else { nil }
    }

    var header: ProxyHeader? {
        if case .header(let header) = self { header } else { nil }
    }
}

/// Reads `bytes` as they would come one by one: what stands after the first outcome must not change it. Returns that
/// outcome, and how many bytes it took.
func readProxy(_ bytes: [UInt8], location: SourceLocation = #_sourceLocation) -> (outcome: ProxyOutcome, bytes: Int) {
    var first: (outcome: ProxyOutcome, bytes: Int)?
    for end in 0...bytes.count {
        let outcome = proxyOutcome(bytes.span.extracting(0..<end))
        if let first {
            #expect(outcome == first.outcome, "changed at \(end) bytes", sourceLocation: location)
        } else if outcome != .incomplete {
            first = (outcome, end)
        }
    }
    return first ?? (.incomplete, bytes.count)
}

func readProxy(_ text: String, location: SourceLocation = #_sourceLocation) -> (outcome: ProxyOutcome, bytes: Int) {
    readProxy(Array(text.utf8), location: location)
}

private func proxyOutcome(_ bytes: Span<UInt8>) -> ProxyOutcome {
    do throws(ProxyHeaderError) {
        return try ProxyHeaderParser.parse(bytes).map { .header($0) } ?? .incomplete
    } catch {
        return .refused(error)
    }
}

func endpoint(_ text: String, _ port: UInt16) throws -> Endpoint {
    Endpoint(ip: try #require(IPAddress(text)), port: port)
}
