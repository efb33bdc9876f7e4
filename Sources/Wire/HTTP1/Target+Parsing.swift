extension Target {
    /// Reads a target whose bytes are visible ASCII (the request line has refused all others).
    ///
    /// Refuses a fragment, userinfo, schemes other than http and https, `*` unless the method is OPTIONS, and every path
    /// that `PathNormalizer` refuses.
    init(_ bytes: Span<UInt8>, method: Method) throws(RequestHeadError) {
        guard bytes.count > 0, bytes.first(of: 0x23) == nil else { throw .badTarget }
        if bytes[0] == ASCII.slash {
            try self.init(form: .origin, pathAndQuery: bytes, authority: nil, defaultPort: nil)
            return
        }
        if bytes.count == 1, bytes[0] == ASCII.asterisk {
            guard method == .options else { throw .badTarget }
            self.init(form: .asterisk, path: [ASCII.asterisk], query: nil, authority: nil, defaultPort: nil)
            return
        }
        let isPlain = ASCII.begins(bytes, with: "http://")
        guard isPlain || ASCII.begins(bytes, with: "https://") else { throw .badTarget }
        let rest = bytes.extracting(droppingFirst: isPlain ? 7 : 8)
        let end = min(rest.first(of: ASCII.slash) ?? rest.count, rest.first(of: ASCII.question) ?? rest.count)
        guard let authority = Authority(rest.extracting(0..<end)) else { throw .badTarget }
        try self.init(
            form: .absolute, pathAndQuery: rest.extracting(end..<rest.count), authority: authority,
            defaultPort: isPlain ? 80 : 443)
    }

    private init(
        form: Form, pathAndQuery bytes: Span<UInt8>, authority: Authority?, defaultPort: UInt16?
    ) throws(RequestHeadError) {
        let mark = bytes.first(of: ASCII.question) ?? bytes.count
        // An absolute target may lack a path; it is sent on as "/" (RFC 9112 3.2.1).
        guard let path = mark == 0 ? [ASCII.slash] : PathNormalizer.normalise(bytes.extracting(0..<mark)) else {
            throw .badPath
        }
        let query = mark == bytes.count ? nil : bytes.extracting((mark &+ 1)..<bytes.count).copied()
        self.init(form: form, path: path, query: query, authority: authority, defaultPort: defaultPort)
    }

    /// Whether an absolute target names the authority that `Host` names, default ports filled in (RFC 9112 3.2.2).
    func agrees(with host: Authority) -> Bool {
        guard let authority else { return true }
        return authority.host == host.host && (authority.port ?? defaultPort) == (host.port ?? defaultPort)
    }
}
