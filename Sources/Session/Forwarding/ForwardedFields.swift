import Wire

/// What the backend is told about the client: from the peer where it is trusted and makes sense, else from the proxy.
struct ForwardedFields {
    let headers: Headers
    let hop: HopByHop
    let context: ForwardingContext

    func write(to writer: inout HeadWriter) {
        let address = Array(context.clientAddress.utf8)
        let list = forwardedFor(address)
        if !list.isEmpty { writer.field("X-Forwarded-For", list) }
        if let proto = believed("X-Forwarded-Proto", where: isScheme) {
            writer.field("X-Forwarded-Proto", proto)
        } else {
            writer.field("X-Forwarded-Proto", context.scheme.text)
        }
        if let host = believed("X-Forwarded-Host", where: { Authority($0) != nil }) ?? headers.first("Host") {
            writer.field("X-Forwarded-Host", host)
        }
        let believedPort = believed("X-Forwarded-Port", where: isPort).map(Array.init)
        if let port = believedPort ?? context.listenerPort.map({ Array(String($0).utf8) }) {
            writer.field("X-Forwarded-Port", port)
        }
        let found = context.realAddress.map { Array($0.utf8) }
        let real = believed("X-Real-IP", where: isAddress).map(Array.init) ?? found ?? address
        if !real.isEmpty { writer.field("X-Real-IP", real) }
        writer.field("X-Request-Id", requestID.utf8)
    }

    var requestID: String {
        guard let id = believed("X-Request-Id", where: isRequestID) else { return context.requestID }
        return String(decoding: id, as: UTF8.self)
    }

    /// A trusted peer's lines joined, then the peer itself; from anyone else the peer alone.
    private func forwardedFor(_ address: [UInt8]) -> [UInt8] {
        var parts: [ArraySlice<UInt8>] = []
        if context.clientIsTrusted {
            for field in headers.fields where headers.isNamed(field, "X-Forwarded-For") && !hop.names(field, of: headers) {
                let value = headers.value(field)
                if !value.isEmpty, value.allSatisfy({ $0 < 0x7F }) { parts.append(value) }
            }
        }
        if !address.isEmpty { parts.append(address[...]) }
        return Array(parts.joined(separator: Array(", ".utf8)))
    }

    /// The value of the only line of that name, if the peer is trusted, did not name it hop-by-hop, and it makes sense.
    private func believed(
        _ name: StaticString, where isSane: (ArraySlice<UInt8>) -> Bool
    ) -> ArraySlice<UInt8>? {
        guard context.clientIsTrusted, let value = headers.only(name), isSane(value) else { return nil }
        for field in headers.fields where headers.isNamed(field, name) && hop.names(field, of: headers) { return nil }
        return value
    }

    private func isScheme(_ value: ArraySlice<UInt8>) -> Bool {
        ["http", "https", "ws", "wss"].contains { HeaderName.equal(value, Array($0.utf8)[...]) }
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
