/// What is changed in the fields of a head on its way, in this order: `remove`, `set`, `add`.
public struct HeaderRules: Sendable, Hashable {
    /// A field to write. Values may be secrets, so none is ever shown.
    public struct Field: Sendable, Hashable {
        /// A token (RFC 9110 5.1), as written.
        public var name: String
        /// Bytes that a field value may hold (RFC 9110 5.5), at most 8 KiB.
        public var value: Secret

        public init(name: String, value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// Replaces all lines of each name by one.
    public var set: [Field]
    /// One more line, whatever is there.
    public var add: [Field]
    /// Names whose lines are left out.
    public var remove: [String]

    public init(set: [Field] = [], add: [Field] = [], remove: [String] = []) {
        self.set = set
        self.add = add
        self.remove = remove
    }

    public var isEmpty: Bool { self.set.isEmpty && add.isEmpty && remove.isEmpty }
}
