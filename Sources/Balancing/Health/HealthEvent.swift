/// A change that one check's result brought about. Results that change nothing are no events, so that a backend in trouble
/// writes one log line and not one for each check.
public enum HealthEvent: Sendable, Hashable {
    /// It is up; it was `unknown` or `down`.
    case wentUp(from: HealthState)
    /// It is down; it was `unknown` or `up`.
    case wentDown(from: HealthState)
    /// Its answer asks for nothing new.
    case drainBegan
    /// It answers without asking for that any more.
    case drainEnded
}
