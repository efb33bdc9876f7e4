/// A status code of a Close frame (RFC 6455 section 7.4 and the IANA registry).
public struct CloseCode: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let normal = CloseCode(rawValue: 1000)
    public static let goingAway = CloseCode(rawValue: 1001)
    /// A Close frame without a code. Never on the wire.
    public static let noStatus = CloseCode(rawValue: 1005)
    /// No Close frame at all. Never on the wire.
    public static let abnormal = CloseCode(rawValue: 1006)
    public static let policy = CloseCode(rawValue: 1008)
    public static let tooBig = CloseCode(rawValue: 1009)
    public static let serviceRestart = CloseCode(rawValue: 1012)
    public static let tryAgainLater = CloseCode(rawValue: 1013)
    public static let badGateway = CloseCode(rawValue: 1014)
}
