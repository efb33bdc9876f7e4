import Wire

/// What a `NameBook` knows of one question.
struct NameEntry: Sendable, Equatable {
    /// The last good answer; empty before the first.
    private(set) var found: [FoundAddress] = []
    /// nil while it is answered.
    private(set) var failure: NameFailure?
    private(set) var failures = 0
    /// When to ask again; nil for never.
    private(set) var due: UInt64?
    private(set) var hasAnswered = false
    /// Addresses that the last answer did not have are kept until the next one.
    private var isInDoubt = false
    private var taken: Taken = Taken()

    /// What was told when the changes were taken the last time.
    private struct Taken: Sendable, Equatable {
        var found: [FoundAddress] = []
        var failure: NameFailure?
        var hasAnswered = false
    }

    init(due: UInt64) { self.due = due }

    mutating func askAgain(at now: UInt64) { due = now }

    /// - Parameter interval: nil is for never asking again.
    mutating func record(_ answer: NameAnswer, interval: UInt64?, at now: UInt64) {
        switch answer {
        case .found(let fresh, let open):
            // An answer of nothing would empty a pool; a resolver does not give one.
            guard !fresh.isEmpty else { return record(.failed(.noData), interval: interval, at: now) }
            let doubtful = isInDoubt ? [] : missingFamilies(fresh)
            let unanswered = open.flatMap { record in
                found.filter { $0.service?.target == record.target }.map { FoundAddress($0.address, ttl: $0.ttl, service: record) }
            }
            found = FoundAddress.arranged(fresh + unanswered + doubtful)
            isInDoubt = !doubtful.isEmpty
            failure = nil
            failures = 0
            hasAnswered = true
        case .failed(let reason):
            failure = reason
            failures = min(failures + 1, Self.mostDoublings)
        }
        due = interval.map { Self.sum(now, min($0, wait)) }
    }

    /// Addresses of before whose host has none of their family any more, but some of the other. A server that failed for one of the
    /// two questions looks the same as one that says so, hence it has to be said twice.
    private func missingFamilies(_ fresh: [FoundAddress]) -> [FoundAddress] {
        found.compactMap { earlier in
            let host = fresh.filter { $0.service?.target == earlier.service?.target }
            guard let one = host.first, !host.contains(where: { $0.address.isIPv4 == earlier.address.isIPv4 }) else { return nil }
            return FoundAddress(earlier.address, ttl: earlier.ttl, service: one.service)
        }
    }

    /// The most to wait before asking again, in nanoseconds: the shortest TTL; after a failure a second, twice as long after each
    /// further one; a second where the answer is in doubt.
    private var wait: UInt64 {
        if failure != nil { return Self.second << UInt64(max(failures - 1, 0)) }
        if isInDoubt { return Self.second }
        return UInt64(found.reduce(FoundAddress.timeToLive.upperBound) { min($0, $1.ttl) }) * Self.second
    }

    private static let second: UInt64 = 1_000_000_000
    private static let mostDoublings = 20

    /// What differs from the last time this was called; nil for nothing.
    mutating func takeChange(_ question: NameQuestion) -> NameChange? {
        var change = NameChange(question: question, found: found)
        let before = taken.found.reduce(into: [:]) { $0[$1.place] = $1 }
        let places = Set(found.map(\.place))
        change.added = found.filter { before[$0.place] == nil }
        change.removed = taken.found.filter { !places.contains($0.place) }
        change.altered = found.filter { now in before[now.place].map { $0.service != now.service } == true }
        if let failure, taken.failure == nil { change.news = .failing(failure) }
        if failure == nil, hasAnswered, taken.failure != nil || !taken.hasAnswered { change.news = .answered }
        taken = Taken(found: found, failure: failure, hasAnswered: hasAnswered)
        return change.hasMoved || change.news != nil ? change : nil
    }

    private static func sum(_ now: UInt64, _ more: UInt64) -> UInt64 {
        let (sum, overflow) = now.addingReportingOverflow(more)
        return overflow ? .max : sum
    }
}
