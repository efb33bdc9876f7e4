extension String {
    /// At most 80 characters for a message; a value from a file may be megabytes long.
    var clipped: String {
        utf8.count <= 80 ? self : String(prefix(77)) + "..."
    }
}
