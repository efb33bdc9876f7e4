/// When things last moved, for the rules of `Exchange+Clock`.
struct ExchangeClocks: Sendable {
    /// The body of the request in the current span of `rules.body`.
    var windowBegan = Moment(nanoseconds: 0)
    var windowBytes = 0
    var requestEndedAt: Moment?
    var connectedAt = Moment(nanoseconds: 0)
    /// Bytes of the answer came, or words of our own went.
    var answerMovedAt = Moment(nanoseconds: 0)
    var saidAt = Moment(nanoseconds: 0)
    var clientEndedAt: Moment?

    mutating func requestBegan(_ now: Moment) { openWindow(now) }
    mutating func requestEnded(_ now: Moment) { requestEndedAt = now }

    mutating func requestMoved(_ count: Int) {
        windowBytes = windowBytes.addingReportingOverflow(count).partialValue
    }

    mutating func openWindow(_ now: Moment) {
        windowBegan = now
        windowBytes = 0
    }

    /// What came before is as good as sent now: the backend's time begins.
    mutating func connected(_ now: Moment) {
        connectedAt = now
        openWindow(now)
    }

    mutating func answerMoved(_ now: Moment) {
        answerMovedAt = now
        saidAt = now
    }
}
