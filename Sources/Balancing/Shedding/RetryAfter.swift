/// The number in a `Retry-After` field (RFC 9110 10.2.3) that goes with a 503.
public enum RetryAfter {
    /// No answer sends a client away for longer than a day.
    static let longest = 86_400

    /// A whole number of seconds, evenly drawn from 1 to `base`: clients that were refused together must not come back together.
    ///
    /// - Parameter base: below 1 counts as 1, above a day as a day.
    public static func seconds(_ base: Int, using random: inout some RandomNumberGenerator) -> Int {
        Int.random(in: 1...min(max(1, base), longest), using: &random)
    }
}
