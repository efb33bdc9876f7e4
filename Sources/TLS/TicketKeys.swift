import COpenSSL
import Synchronization

/// The keys of session tickets (RFC 5077 4, RFC 8446 4.6.1), one set for all listeners, contexts and workers of the process,
/// kept over reloads: a ticket given by one of them is taken by all.
///
/// Random at the start, never written anywhere. `rotate()` puts new ones in front; tickets of the key before are still
/// accepted, and renewed at once. Those older still lead to a full handshake, which is no error.
public final class TicketKeys: Sendable {
    private struct Keys {
        var current: TicketKey
        var previous: TicketKey?
    }

    private let keys: Mutex<Keys>

    public init() {
        _ = OpenSSLLibrary.started
        keys = Mutex(Keys(current: TicketKey(), previous: nil))
    }

    /// Makes a new key the one that seals tickets. The one before stays good for opening them until the next call.
    /// Safe from any thread, at any time.
    public func rotate() {
        let new = TicketKey()
        keys.withLock { $0 = Keys(current: new, previous: $0.current) }
    }

    /// The key that seals new tickets.
    var sealing: TicketKey { keys.withLock { $0.current } }

    /// The key of that name, and whether the ticket should be replaced by a new one; nil when it is none of ours any more.
    func opening(name: UnsafePointer<UInt8>) -> (key: TicketKey, isOld: Bool)? {
        let (current, previous) = keys.withLock { ($0.current, $0.previous) }
        if current.hasName(name) { return (current, false) }
        if let previous, previous.hasName(name) { return (previous, true) }
        return nil
    }
}
