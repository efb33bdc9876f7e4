import Session

/// The TLS handshakes with clients that a worker has under way, as `limits.max_tls_handshakes` counts them.
///
/// Each counts from its client's first word until it is over, and for `longest` at most: whoever stalls costs no processor time any more,
/// and must not keep the door shut for others.
struct HandshakeGate {
    /// How long one handshake counts, stalled or not.
    static let longest = Moment.Span(nanoseconds: 1_000_000_000)

    private struct Entry {
        let slot: Int
        let serial: UInt64
        let until: Moment
    }

    /// In the order of their beginnings, those that are over still among them; what lies before `first` is done with.
    private var order: [Entry] = []
    private var first = 0
    /// The handshakes that count, by the client's slot.
    private var serials: [Int: UInt64] = [:]
    private var serial: UInt64 = 0

    /// How many count.
    var count: Int { serials.count }
    var isEmpty: Bool { serials.isEmpty }

    /// A client has said its first word. A slot that counts already counts anew, once.
    mutating func began(slot: Int, at now: Moment) {
        serial &+= 1
        serials[slot] = serial
        order.append(Entry(slot: slot, serial: serial, until: now.after(Self.longest)))
    }

    /// The handshake is complete, or its connection is gone.
    ///
    /// - Returns: whether it still counted.
    mutating func ended(slot: Int) -> Bool {
        guard serials.removeValue(forKey: slot) != nil else { return false }
        if serials.isEmpty { forgetAll() }
        return true
    }

    /// Lets go of those that have counted for long enough.
    ///
    /// - Returns: how many.
    mutating func expire(at now: Moment) -> Int {
        var expired = 0
        while first < order.count {
            let entry = order[first]
            if serials[entry.slot] == entry.serial {
                guard entry.until <= now else { break }
                serials[entry.slot] = nil
                expired += 1
            }
            first += 1
        }
        if serials.isEmpty {
            forgetAll()
        } else if first > 64, first > order.count / 2 {
            order.removeFirst(first)
            first = 0
        }
        return expired
    }

    private mutating func forgetAll() {
        order.removeAll(keepingCapacity: order.count <= 256)
        first = 0
    }
}
