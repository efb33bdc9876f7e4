import Session

/// How a tunnel or an event stream leaves its backend while both could go on.
struct Leave {
    /// A tunnel's last moment by its pool's `max_lifetime`; `.never` without one.
    var livesUntil = Moment.never
    /// No pause is waited for past this moment.
    var latest = Moment.never
    /// How often its moment was put off for want of a pause.
    var postponements: UInt8 = 0
    /// Where it counts among those told to close.
    private var condition: BackendCondition?

    /// Told to close by a drain of its backend, or by rebalancing: this word counts instead of an earlier one.
    mutating func began(from condition: BackendCondition, latest: Moment) {
        isCalledOff()
        self.condition = condition
        self.latest = latest
        condition.leaves()
    }

    /// It is gone, or leaves for another reason.
    mutating func isOver() {
        guard let condition else { return }
        condition.left()
        forget()
    }

    /// It may stay.
    mutating func isCalledOff() {
        guard let condition else { return }
        condition.stays()
        forget()
    }

    private mutating func forget() {
        condition = nil
        latest = .never
        postponements = 0
    }
}
