/// What is changed in the fields of a head on its way, in this order: `remove`, `set`, `add`.
package struct HeaderRules: Sendable, Hashable {
    /// A field to write. Values may be secrets, so none is ever shown.
    package struct Field: Sendable, Hashable {
        /// A token (RFC 9110 5.1), as written.
        package var name: String
        /// Bytes that a field value may hold (RFC 9110 5.5), at most 8 KiB.
        package var value: Secret

        package init(name: String, value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// Replaces all lines of each name by one.
    package var set: [Field]
    /// One more line, whatever is there.
    package var add: [Field]
    /// Names whose lines are left out.
    package var remove: [String]

    package init(set: [Field] = [], add: [Field] = [], remove: [String] = []) {
        self.set = set
        self.add = add
        self.remove = remove
    }

    package var isEmpty: Bool { self.set.isEmpty && add.isEmpty && remove.isEmpty }
}
