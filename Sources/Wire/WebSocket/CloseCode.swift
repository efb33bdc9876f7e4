/// A status code of a Close frame (RFC 6455 section 7.4 and the IANA registry).
package struct CloseCode: RawRepresentable, Sendable, Hashable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let normal = CloseCode(rawValue: 1000)
    package static let goingAway = CloseCode(rawValue: 1001)
    /// A Close frame without a code. Never on the wire.
    package static let noStatus = CloseCode(rawValue: 1005)
    /// No Close frame at all. Never on the wire.
    package static let abnormal = CloseCode(rawValue: 1006)
    package static let policy = CloseCode(rawValue: 1008)
    package static let tooBig = CloseCode(rawValue: 1009)
    package static let serviceRestart = CloseCode(rawValue: 1012)
    package static let tryAgainLater = CloseCode(rawValue: 1013)
    package static let badGateway = CloseCode(rawValue: 1014)
}
