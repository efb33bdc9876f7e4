import Wire

/// A frame of the proxy's own, to be put between the peers' frames. The driver encodes it, masked toward the backend.
public enum Injection: Sendable, Equatable {
    case ping
    case close(CloseCode, reason: CloseReason.Cause)
}
