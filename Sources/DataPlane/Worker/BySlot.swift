/// What belongs to slots: a place each, and nothing to hash.
struct BySlot<Element> {
    private var places: [Element?] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// All of them, as they are now: whoever walks over these may end some.
    var values: [Element] { places.compactMap(\.self) }

    /// nil for a slot that has none. A slot is never negative.
    subscript(slot: Int) -> Element? {
        get { slot < places.count ? places[slot] : nil }
        set {
            while places.count <= slot { places.append(nil) }
            count += (newValue == nil ? 0 : 1) - (places[slot] == nil ? 0 : 1)
            places[slot] = newValue
        }
    }
}
