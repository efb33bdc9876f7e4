/// A mapping whose keys have been checked.
struct Fields {
    /// The mapping itself, for problems about keys that are missing.
    let owner: Element
    private var byKey: [String: Element] = [:]

    init(owner: Element) {
        self.owner = owner
    }

    mutating func add(_ key: String, _ element: Element) {
        byKey[key] = element
    }

    /// Nil when the key is not there.
    subscript(_ key: String) -> Element? { byKey[key] }
}
