/// The two sides of a session. A direction is named by the side that sends.
package enum Side: UInt8, Sendable, CaseIterable {
    case client, backend

    package var other: Side { self == .client ? .backend : .client }
}
