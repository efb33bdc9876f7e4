import Transport

/// Results of checks on their way to the keeper.
///
/// `@unchecked Sendable` by this proof: `results` is touched under `lock` only.
final class CheckInbox: @unchecked Sendable {
    private var results: [CheckResult] = []
    private let lock = PlainLock()
    private let wakeup: Wakeup

    init(wakeup: Wakeup) { self.wakeup = wakeup }

    func add(_ result: CheckResult) {
        lock.withLock { results.append(result) }
        wakeup.wake()
    }

    /// What came since the last call, oldest first.
    func take() -> [CheckResult] {
        lock.withLock {
            defer { results = [] }
            return results
        }
    }
}
