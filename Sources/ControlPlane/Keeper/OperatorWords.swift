import DataPlane
import Settings

/// What the operator said of backends by the API where the file says otherwise, so that it holds for one that goes and comes back: an
/// address that leaves its name for a moment, or a backend that one reload removes and the next one restores.
struct OperatorWords {
    /// Past so many the oldest is forgotten.
    static let most = 1024
    /// Nanoseconds for which the word on a backend that is gone is kept. Afterwards its address may well be another machine's.
    static let patience: UInt64 = 3_600_000_000_000

    private struct Word {
        let state: BackendCondition.Administrative
        /// What the file said then.
        let file: BackendSettings.State
        /// Rises from word to word.
        let number: UInt64
        var goneAt: UInt64?
    }

    private var words: [BackendKey: Word] = [:]
    private var last: UInt64 = 0

    /// A word in place of an earlier one. One that is the file's own is none.
    mutating func say(_ state: BackendCondition.Administrative, of key: BackendKey, file: BackendSettings.State) {
        words[key] = nil
        guard state != BackendCondition.Administrative(file) else { return }
        if words.count >= Self.most, let oldest = words.min(by: { $0.value.number < $1.value.number }) { words[oldest.key] = nil }
        last &+= 1
        words[key] = Word(state: state, file: file, number: last)
    }

    mutating func forget(_ key: BackendKey) { words[key] = nil }

    /// What was said of the backends of other pools is forgotten.
    mutating func retain(pools: Set<String>) { words = words.filter { pools.contains($0.key.pool) } }

    /// The backend is no member of its pool any more.
    mutating func isGone(_ key: BackendKey, at now: UInt64) { words[key]?.goneAt = now }

    /// The backend is a member again: what was said of it, unless it was away for too long or the file's word has changed meanwhile.
    mutating func isBack(_ key: BackendKey, file: BackendSettings.State, at now: UInt64) -> BackendCondition.Administrative? {
        guard let word = words[key] else { return nil }
        let hasLapsed = word.goneAt.map { now > $0 && now - $0 > Self.patience } ?? false
        guard word.file == file, !hasLapsed else {
            words[key] = nil
            return nil
        }
        words[key]?.goneAt = nil
        return word.state
    }
}
