import Session
import TLS
import Transport

/// A backend as it is checked.
public struct CheckTarget: Sendable {
    /// In the order in which they are tried: the next one when a connection, its TLS included, does not come to stand. An answer that
    /// is wrong is a verdict and no reason to ask elsewhere.
    public var addresses: [SocketAddress]
    /// Whom to expect there; nil for plain connections. The same object as for traffic lets checks resume its sessions, and it those of
    /// checks.
    public var identity: BackendIdentity?
    /// What is sent first, past any TLS: of a pool that sends the PROXY protocol the header without addresses
    /// (`ProxyHeaderWriter.v1` or `v2` of nobody, which is `UNKNOWN` or `LOCAL`). Empty: nothing.
    public var preface: [UInt8]
    public var plan: CheckPlan
    /// Nanoseconds for all of it, from the first dial on; what waits for its turn does not use it up. A deadline is met up to 20 ms late.
    public var timeout: UInt64

    public init(
        addresses: [SocketAddress], identity: BackendIdentity? = nil, preface: [UInt8] = [], plan: CheckPlan, timeout: UInt64
    ) {
        self.addresses = addresses
        self.identity = identity
        self.preface = preface
        self.plan = plan
        self.timeout = timeout
    }

    /// Whether both ask alike, wherever they ask.
    func asksLike(_ other: CheckTarget) -> Bool {
        identity === other.identity && preface == other.preface && plan == other.plan && timeout == other.timeout
    }

    /// Whether both ask at the same addresses, in whichever order.
    func asksWhere(_ other: CheckTarget) -> Bool {
        Set(addresses.map(\.description)) == Set(other.addresses.map(\.description))
    }
}
