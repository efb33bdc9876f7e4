/// A worker's sessions, by the slots of their clients: a place each, and nothing to hash.
struct Sessions {
    private var places: [SessionDriver?] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// All of them, as they are now: whoever walks over these may end some.
    var values: [SessionDriver] { places.compactMap(\.self) }

    /// A slot is never negative.
    subscript(slot: Int) -> SessionDriver? {
        get { slot < places.count ? places[slot] : nil }
        set {
            while places.count <= slot { places.append(nil) }
            count += (newValue == nil ? 0 : 1) - (places[slot] == nil ? 0 : 1)
            places[slot] = newValue
        }
    }
}
