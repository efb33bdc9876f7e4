/// One key's placement in a `PlacementTable`, as one machine word: 32 bits of the key, 12 of the backend, 20 of the count.
///
/// All bits zero is a free slot; a word that is held counts one tunnel at least.
struct PlacementWord: Equatable {
    let bits: UInt64

    static let free = PlacementWord(bits: 0)
    /// Backends that can be told apart.
    static let mostBackends = 1 << 12
    /// Tunnels that one word counts.
    static let mostTunnels = 1 << 20 - 1

    init(bits: UInt64) { self.bits = bits }

    /// - Parameter backend: below `mostBackends`; higher bits are cut off.
    init(fingerprint: UInt32, backend: Int) {
        bits = UInt64(fingerprint) << 32 | (UInt64(truncatingIfNeeded: backend) & 0xFFF) << 20 | 1
    }

    var isFree: Bool { bits == 0 }
    var fingerprint: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }
    var backend: Int { Int(truncatingIfNeeded: bits >> 20 & 0xFFF) }
    var count: Int { Int(truncatingIfNeeded: bits & 0xF_FFFF) }

    func isOf(_ fingerprint: UInt32) -> Bool { !isFree && self.fingerprint == fingerprint }

    /// With one tunnel more; nil when it counts no further.
    var plusOne: PlacementWord? { count < Self.mostTunnels ? PlacementWord(bits: bits + 1) : nil }

    /// With one tunnel less; the last one frees the slot.
    var minusOne: PlacementWord { count > 1 ? PlacementWord(bits: bits - 1) : .free }
}
