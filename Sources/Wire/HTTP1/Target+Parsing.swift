extension Target {
    /// Reads a target whose bytes are visible ASCII (the request line has refused all others).
    ///
    /// Refuses a fragment, userinfo, schemes other than http and https, `*` unless the method is OPTIONS, and every path
    /// that `PathNormalizer` refuses.
    init(_ bytes: ArraySlice<UInt8>, method: Method) throws(RequestHeadError) {
        guard !bytes.contains(0x23) else { throw .badTarget }
        if bytes.first == ASCII.slash {
            try self.init(form: .origin, pathAndQuery: bytes, authority: nil, defaultPort: nil)
            return
        }
        if bytes.elementsEqual([ASCII.asterisk]) {
            guard method == .options else { throw .badTarget }
            self.init(form: .asterisk, path: [ASCII.asterisk], query: nil, authority: nil, defaultPort: nil)
            return
        }
        let port: UInt16
        let rest: ArraySlice<UInt8>
        if ASCII.begins(bytes, with: "http://") {
            (port, rest) = (80, bytes.dropFirst(7))
        } else if ASCII.begins(bytes, with: "https://") {
            (port, rest) = (443, bytes.dropFirst(8))
        } else {
            throw .badTarget
        }
        let end = rest.firstIndex { $0 == ASCII.slash || $0 == ASCII.question } ?? rest.endIndex
        guard let authority = Authority(rest[..<end]) else { throw .badTarget }
        try self.init(form: .absolute, pathAndQuery: rest[end...], authority: authority, defaultPort: port)
    }

    private init(
        form: Form, pathAndQuery bytes: ArraySlice<UInt8>, authority: Authority?, defaultPort: UInt16?
    ) throws(RequestHeadError) {
        let mark = bytes.firstIndex(of: ASCII.question) ?? bytes.endIndex
        // An absolute target may lack a path; it is sent on as "/" (RFC 9112 3.2.1).
        let raw = mark == bytes.startIndex ? [ASCII.slash] : bytes[..<mark]
        guard let path = PathNormalizer.normalise(raw) else { throw .badPath }
        let query = mark == bytes.endIndex ? nil : Array(bytes[mark...].dropFirst())
        self.init(form: form, path: path, query: query, authority: authority, defaultPort: defaultPort)
    }

    /// Whether an absolute target names the authority that `Host` names, default ports filled in (RFC 9112 3.2.2).
    func agrees(with host: Authority) -> Bool {
        guard let authority else { return true }
        return authority.host == host.host && (authority.port ?? defaultPort) == (host.port ?? defaultPort)
    }
}
