/// Who did something to a tunnel.
public enum Side: String, MetricLabel {
    case client
    case backend
    case proxy

    /// The place of this case, from 0, in constant time.
    @inlinable public var index: Int {
        switch self {
        case .client: 0
        case .backend: 1
        case .proxy: 2
        }
    }
}
