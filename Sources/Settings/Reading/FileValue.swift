/// A value of a configuration as it was written: nothing is typed yet, numbers are the text that stands in the file.
struct FileValue {
    enum Content {
        /// A key with nothing behind it, `~` or `null`.
        case nothing
        case scalar(String)
        case list([FileValue])
        /// In the order of the file; keys are unique.
        case map([FileEntry])
    }

    /// From 1.
    let line: Int
    let content: Content

    var isNothing: Bool {
        if case .nothing = content { true } else { false }
    }

    /// What stands there, for messages about wrong types.
    var kind: String {
        switch content {
        case .nothing: "nothing"
        case .scalar: "a single value"
        case .list: "a list"
        case .map: "a mapping"
        }
    }
}

/// A key and its value.
struct FileEntry {
    let key: String
    /// Of the key, from 1.
    let line: Int
    let value: FileValue
}
