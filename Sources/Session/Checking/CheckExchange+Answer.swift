import Wire

/// The answer's head, and the body of a plain one.
extension CheckExchange {
    /// What a body, or the field `X-Tidegate-State`, says in a backend that wants to be left alone.
    private static let draining: StaticString = "draining"

    mutating func takeHead(_ parser: ResponseHeadParser, _ bytes: Span<UInt8>) -> Action {
        var parser = parser
        let count = min(bytes.count, Self.mostAnswer - taken)
        for index in 0..<count { held.append(bytes[index]) }
        taken += count
        while true {
            let parsed: ResponseHead?
            do throws(ResponseHeadError) { parsed = try parser.parse(held.span) } catch { return end(.failed(.badAnswer)) }
            guard let head = parsed else {
                guard taken < Self.mostAnswer else { return end(.failed(.badAnswer)) }
                stage = .head(parser)
                return .wait
            }
            held.removeFirst(min(head.length, held.count))
            guard head.isInterim else { return answered(head, bytes.extracting(count..<bytes.count)) }
            interims += 1
            guard interims <= Self.mostInterims else { return end(.failed(.badAnswer)) }
            parser = ResponseHeadParser(limits: Self.limits)
        }
    }

    /// A final head; what came behind it is in `held`, and then in `rest` what was too much for the answer's bound.
    private mutating func answered(_ head: ResponseHead, _ rest: Span<UInt8>) -> Action {
        status = head.status
        if head.status == 101 {
            guard let nonce else { return end(.failed(.badAnswer)) }
            return switched(head, nonce, rest)
        }
        if saysDraining(head) { return end(.draining) }
        guard isStatusWanted || head.status == 503 else { return end(.failed(.status)) }
        let body = CheckBody(head.body(answering: isHead ? .head : .get), limits: Self.limits)
        let here = held
        held = []
        taken -= here.count
        return takeBody(body, here.span)
    }

    func saysDraining(_ head: ResponseHead) -> Bool {
        head.headers.all("X-Tidegate-State").contains { Self.begins(with: $0, whole: true) }
    }

    private var isHead: Bool {
        if case .http(let check) = plan.kind { return check.method == "HEAD" }
        return false
    }

    /// Whether the final status is one of those that were asked for; of a handshake that would be a 101 alone.
    var isStatusWanted: Bool {
        guard case .http(let check) = plan.kind, let status else { return false }
        return check.statuses.contains { $0.contains(Int(status)) }
    }

    mutating func takeBody(_ body: CheckBody, _ bytes: Span<UInt8>) -> Action {
        var body = body
        let count = min(bytes.count, Self.mostAnswer - taken)
        taken += count
        var isWhole = false
        var isBroken = false
        do throws(ChunkedError) {
            isWhole = try body.take(bytes.extracting(0..<count))
        } catch {
            isBroken = true
        }
        if status == 503, Self.begins(with: body.data[...], whole: false) { return end(.draining) }
        // Enough was seen of a body that is read for this word alone.
        if !isStatusWanted, isBroken || body.data.count >= Self.draining.utf8CodeUnitCount { return end(.failed(.status)) }
        if isBroken { return end(.failed(.badAnswer)) }
        if isWhole { return judge(body) }
        guard taken < Self.mostAnswer else {
            isCut = true
            return judge(body)
        }
        stage = .body(body)
        return .wait
    }

    /// The connection's end: right for a body that has no other.
    mutating func bodyEnded(_ body: CheckBody) -> Action {
        guard isStatusWanted else { return end(.failed(.status)) }
        return body.endsWithConnection ? judge(body) : end(.failed(.closed))
    }

    private mutating func judge(_ body: CheckBody) -> Action {
        guard isStatusWanted else { return end(.failed(.status)) }
        guard let wanted = plan.wanted, !Self.contains(body.data, wanted) else { return end(.passed(farewell: [])) }
        return end(.failed(.body))
    }

    /// Whether `bytes` begin with the word, or are it, ASCII case ignored.
    private static func begins(with bytes: ArraySlice<UInt8>, whole: Bool) -> Bool {
        guard bytes.count >= draining.utf8CodeUnitCount, !whole || bytes.count == draining.utf8CodeUnitCount else { return false }
        return draining.withUTF8Buffer { word in
            // Letters alone, so one bit makes the case.
            zip(bytes, word).allSatisfy { $0 | 0x20 == $1 }
        }
    }

    /// Both are bounded, `text` to a few KiB.
    static func contains(_ bytes: [UInt8], _ text: [UInt8]) -> Bool {
        guard let first = text.first else { return true }
        guard bytes.count >= text.count else { return false }
        for start in 0...(bytes.count - text.count) where bytes[start] == first {
            if bytes[start..<(start + text.count)].elementsEqual(text) { return true }
        }
        return false
    }
}
