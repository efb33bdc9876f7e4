/// Reads one response head out of a growing buffer (RFC 9112 4, 5, 6), as strictly as a request's: a backend may be hostile too.
///
/// One parser reads one head; after an interim response (1xx) begin anew with the bytes behind it. After an error the
/// backend's connection is closed.
public struct ResponseHeadParser: Sendable {
    private let limits: HeadLimits
    private var position = 0
    private var line = StatusLineScanner()
    private var version: HTTPVersion?
    private var fields: FieldScanner

    /// A parser for one head that must keep within `limits`.
    public init(limits: HeadLimits) {
        self.limits = limits
        fields = FieldScanner(maxFields: limits.maxHeaders)
    }

    /// Looks at the bytes that came since the last call; `bytes` is everything from the first byte of the head on.
    ///
    /// - Returns: the head, or nil while it is not all here.
    /// - Throws: the first reason to refuse it, the same wherever the input was cut.
    public mutating func parse(_ bytes: Span<UInt8>) throws(ResponseHeadError) -> ResponseHead? {
        let end = min(bytes.count, limits.maxHead)
        if position == 0, let next = line.takeWhole(bytes, to: end) {
            position = next
            version = try readVersion(bytes)
        }
        while version == nil, position < end {
            if try line.take(bytes[position], at: position) { version = try readVersion(bytes) }
            position &+= 1
        }
        if version != nil, position < end, try takeFields(bytes, to: end) { return try finish(bytes) }
        guard bytes.count <= end else { throw .headTooLarge }
        return nil
    }

    /// True when the field section ends in these bytes.
    private mutating func takeFields(_ bytes: Span<UInt8>, to end: Int) throws(ResponseHeadError) -> Bool {
        do throws(FieldError) {
            let isEnd: Bool
            (position, isEnd) = try fields.scan(bytes, from: position, to: end)
            return isEnd
        } catch {
            throw ResponseHeadError(error)
        }
    }

    private func readVersion(_ bytes: Span<UInt8>) throws(ResponseHeadError) -> HTTPVersion {
        do throws(HTTPVersion.Refusal) {
            return try HTTPVersion(bytes.extracting(line.version))
        } catch {
            throw error == .unsupported ? .unsupportedVersion : .badStatusLine
        }
    }

    private mutating func finish(_ bytes: Span<UInt8>) throws(ResponseHeadError) -> ResponseHead {
        // `take` reads the version before any field; without one there is no head.
        guard let version else { throw .badStatusLine }
        var lines = fields.takeFields()
        let key = KeyFields(bytes, &lines)
        do throws(FramingError) {
            let body = try BodyFraming(declaredBy: key, of: bytes, version: version)
            let headers = Headers(bytes: bytes.extracting(0..<position).copied(), fields: lines, kinds: key.kinds)
            return ResponseHead(
                status: line.status, reason: line.reason, version: version, headers: headers, length: position,
                declaredBody: body, connection: key.connection)
        } catch {
            throw ResponseHeadError(error)
        }
    }
}
