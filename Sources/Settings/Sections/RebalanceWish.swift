/// What an operator wants for once, in place of what the pool's `rebalance` says: the same keys with the same bounds.
public struct RebalanceWish: Sendable, Hashable {
    private var thresholdPerMille: Int?
    private var sharePercent: Int?
    private var interval: Duration?

    public init() {}

    /// - Parameter key: `threshold`, `share` (with or without a `%`) or `interval`.
    /// - Returns: what is wrong, with a remedy; nil when it was taken over.
    public mutating func set(_ key: String, to text: String) -> String? {
        do throws(TextProblem) {
            switch key {
            case "threshold": thresholdPerMille = try Self.within(RebalanceSettings.thresholds, RatioText.read(text), "1.01 to 100")
            case "share":
                let number = DecimalText.read(text.hasSuffix("%") ? String(text.dropLast()) : text)
                sharePercent = try Self.within(RebalanceSettings.shares, number ?? 0, "1 to 100")
            case "interval": interval = try Self.within(RebalanceSettings.intervals, DurationText.read(text), "1s to 1h")
            default: return "there is no `\(key.clipped)`; give share, interval or threshold"
            }
            return nil
        } catch {
            return "\(key): \(error.message); \(error.remedy)"
        }
    }

    private static func within<Value: Comparable>(
        _ range: ClosedRange<Value>, _ value: Value, _ words: String
    ) throws(TextProblem) -> Value {
        guard range.contains(value) else { throw TextProblem("out of range", remedy: "write what is from \(words)") }
        return value
    }

    /// What holds when this one follows another: what it does not name stays.
    public func over(_ former: RebalanceWish) -> RebalanceWish {
        var both = former
        both.thresholdPerMille = thresholdPerMille ?? former.thresholdPerMille
        both.sharePercent = sharePercent ?? former.sharePercent
        both.interval = interval ?? former.interval
        return both
    }

    /// What holds then.
    public func over(_ settings: RebalanceSettings) -> RebalanceSettings {
        RebalanceSettings(
            thresholdPerMille: thresholdPerMille ?? settings.thresholdPerMille, sharePercent: sharePercent ?? settings.sharePercent,
            interval: interval ?? settings.interval)
    }
}
