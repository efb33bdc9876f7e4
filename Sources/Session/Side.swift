/// The two sides of a session. A direction is named by the side that sends.
public enum Side: Sendable, CaseIterable {
    case client, backend

    public var other: Side {
        switch self {
        case .client: .backend
        case .backend: .client
        }
    }
}
