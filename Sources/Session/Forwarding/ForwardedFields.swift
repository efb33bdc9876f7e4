import Wire

/// What the backend is told about the client: from the peer where it is trusted and makes sense, else from the proxy.
struct ForwardedFields {
    let fields: ClassifiedFields
    let context: ForwardingContext

    /// Writes the X-Forwarded fields, `X-Real-IP` and `X-Request-Id`.
    func write(to writer: HeadWriter) {
        let address = context.clientAddress
        let list = trusted(.forwardedFor, where: isPrintable)
        if !list.isEmpty {
            writer.field("X-Forwarded-For", joined(list, address))
        } else if !address.isEmpty {
            writer.field("X-Forwarded-For", address.span)
        }
        if let proto = believed(.forwardedProto, where: isScheme) {
            writer.field("X-Forwarded-Proto", proto)
        } else {
            writer.field("X-Forwarded-Proto", context.scheme.text)
        }
        if let host = believed(.forwardedHost, where: { Authority($0.span) != nil }) {
            writer.field("X-Forwarded-Host", host)
        } else if let host = fields.first(.host) {
            writer.field("X-Forwarded-Host", parsed: fields.headers.bytes.span.extracting(host.value))
        }
        if let port = believed(.forwardedPort, where: isPort) {
            writer.field("X-Forwarded-Port", port)
        } else if let port = context.listenerPort {
            writer.field("X-Forwarded-Port", number: port)
        }
        // A proxy that only appends to `X-Forwarded-For` passes on the `X-Real-IP` that its client made up.
        if let real = context.realAddress {
            writer.field("X-Real-IP", real.utf8)
        } else if list.isEmpty, let real = believed(.realAddress, where: isAddress) {
            writer.field("X-Real-IP", real)
        } else if !address.isEmpty {
            writer.field("X-Real-IP", address.span)
        }
        writer.field("X-Request-Id", id: requestID)
    }

    var requestID: RequestID {
        guard let id = believed(.requestID, where: isRequestID) else { return context.requestID }
        return RequestID(String(decoding: id, as: UTF8.self))
    }

    /// Writes `Forwarded` (RFC 7239): a trusted peer's elements, then one about the peer itself. `by` is left out; a peer
    /// without an address is `unknown`.
    func writeForwarded(to writer: HeadWriter) {
        let element = HeadWriter()
        element.text("for=")
        if context.clientAddress.isEmpty {
            element.text("unknown")
        } else if context.clientAddress.contains(0x3A) {
            element.text("\"[")
            element.quotable(context.clientAddress)
            element.text("]\"")
        } else {
            element.tokenOrQuoted(context.clientAddress)
        }
        if let host = fields.first(.host) {
            element.text(";host=")
            element.tokenOrQuoted(fields.headers.value(host))
        }
        element.text(";proto=")
        element.text(context.scheme.text)
        writer.field("Forwarded", joined(trusted(.forwarded, where: isForwarded), element.bytes))
    }

    // MARK: What is believed

    /// A trusted peer's lines of that kind that make sense.
    private func trusted(_ kind: FieldKind, where isSane: (ArraySlice<UInt8>) -> Bool) -> [ArraySlice<UInt8>] {
        context.clientIsTrusted ? fields.values(kind).filter { !$0.isEmpty && isSane($0) } : []
    }

    /// The value of the only line of that kind, if the peer is trusted and it makes sense.
    private func believed(_ kind: FieldKind, where isSane: (ArraySlice<UInt8>) -> Bool) -> ArraySlice<UInt8>? {
        guard context.clientIsTrusted, let field = fields.only(kind) else { return nil }
        let value = fields.headers.value(field)
        return isSane(value) ? value : nil
    }

    private func joined(_ list: [ArraySlice<UInt8>], _ last: [UInt8]) -> [UInt8] {
        guard !list.isEmpty else { return last }
        return Array((last.isEmpty ? list : list + [last[...]]).joined(separator: Array(", ".utf8)))
    }

    private func isPrintable(_ value: ArraySlice<UInt8>) -> Bool {
        value.allSatisfy { $0 < 0x7F }
    }

    /// Printable, and every quoted string ends: an open one would swallow the element that we append.
    private func isForwarded(_ value: ArraySlice<UInt8>) -> Bool {
        var isQuoted = false
        var isEscaped = false
        for byte in value {
            guard byte < 0x7F else { return false }
            if isEscaped {
                isEscaped = false
            } else if byte == 0x22 {
                isQuoted.toggle()
            } else if byte == 0x5C, isQuoted {
                isEscaped = true
            }
        }
        return !isQuoted
    }

    private func isScheme(_ value: ArraySlice<UInt8>) -> Bool {
        let schemes: [StaticString] = ["http", "https", "ws", "wss"]
        let span = value.span
        for scheme in schemes where HeaderName.equal(span, scheme) { return true }
        return false
    }

    private func isPort(_ value: ArraySlice<UInt8>) -> Bool {
        value.count <= 5 && UInt16(String(decoding: value, as: UTF8.self)).map { $0 > 0 } == true
            && value.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    private func isAddress(_ value: ArraySlice<UInt8>) -> Bool {
        IPAddress(String(decoding: value, as: UTF8.self)) != nil
    }

    private func isRequestID(_ value: ArraySlice<UInt8>) -> Bool {
        !value.isEmpty && value.count <= 128 && value.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

extension HeadWriter {
    /// A value of RFC 7239 4: as it is if it is a token, else as a quoted string.
    fileprivate func tokenOrQuoted(_ value: some Collection<UInt8>) {
        if !value.isEmpty, value.allSatisfy({ HeaderName.isToken($0) }) { return raw(Array(value)) }
        text("\"")
        quotable(value)
        text("\"")
    }

    /// The inside of a quoted string; what could end it is left out.
    fileprivate func quotable(_ value: some Collection<UInt8>) {
        raw(value.filter { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C })
    }
}
