/// A text of the form `HOST`, `HOST:PORT`, `[V6]` or `[V6]:PORT`, taken apart but not judged.
struct HostPort {
    /// Without brackets.
    let host: String
    /// What follows the colon; nil when there is no colon.
    let port: String?
    /// True when the host stood in brackets.
    let isBracketed: Bool

    /// Nil for an IPv6 address without brackets, for a bracket without its partner, and for text behind the brackets
    /// that is no port.
    init?(_ text: String) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            host = String(text[..<end].dropFirst())
            port = rest.isEmpty ? nil : String(rest.dropFirst())
            isBracketed = true
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2 else { return nil }
        host = String(first)
        port = parts.count == 2 ? parts.last.map(String.init) : nil
        isBracketed = false
    }
}
