/// What a plain request under way is doing.
public enum StreamKind: String, MetricLabel {
    /// It waits for its answer to begin.
    case longPoll = "long_poll"
    /// Its answer is an event stream.
    case sse
    /// Any other answer is under way.
    case body

    /// The place of this case, from 0, in constant time: counters are found with it for every request.
    @inlinable public var index: Int {
        switch self {
        case .longPoll: 0
        case .sse: 1
        case .body: 2
        }
    }
}
