/// Reads one request head out of a growing buffer (RFC 9112 2, 3, 5, 6), strictly: what has two readings is refused.
///
/// One parser reads one head. After an error it must not be used again, and the connection is answered and closed.
public struct RequestHeadParser: Sendable {
    private enum Stage: Sendable {
        case leading, leadingLineEnd, requestLine, fields
    }

    private struct StartLine: Sendable {
        var method: Method
        var target: Target
        var version: HTTPVersion
    }

    private let limits: HeadLimits
    private var stage = Stage.leading
    private var position = 0
    private var line = RequestLineScanner(start: 0)
    private var fields: FieldScanner
    private var startLine: StartLine?

    /// A parser for one head that must keep within `limits`.
    public init(limits: HeadLimits) {
        self.limits = limits
        fields = FieldScanner(maxFields: limits.maxHeaders)
    }

    /// Looks at the bytes that came since the last call.
    ///
    /// - Parameter bytes: everything buffered so far, from the first byte of the head on. Earlier bytes must not change
    ///   between calls; only the new ones are read, so feeding byte by byte stays linear.
    /// - Returns: the head, or nil while it is not all here.
    /// - Throws: the first reason to refuse it, the same wherever the input was cut.
    public mutating func parse(_ bytes: Span<UInt8>) throws(RequestHeadError) -> RequestHead? {
        let end = min(bytes.count, limits.maxHead)
        if position == 0, end > 0, let next = line.takeWhole(bytes, to: end, maxTarget: limits.maxTarget) {
            position = next
            startLine = try readStartLine(bytes)
            stage = .fields
        }
        while stage != .fields, position < end {
            if stage == .requestLine {
                position = line.skippable(bytes, from: position, to: end, maxTarget: limits.maxTarget)
                guard position < end else { break }
            }
            try take(bytes[position], in: bytes)
            position &+= 1
        }
        if stage == .fields, position < end, try takeFields(bytes, to: end) { return try finish(bytes) }
        guard bytes.count <= end else { throw stage == .fields ? .headTooLarge : .targetTooLong }
        return nil
    }

    /// Everything before the fields, byte by byte.
    private mutating func take(_ byte: UInt8, in bytes: Span<UInt8>) throws(RequestHeadError) {
        switch stage {
        case .leading:
            if byte == ASCII.carriageReturn {
                stage = .leadingLineEnd
                return
            }
            stage = .requestLine
            try take(byte, in: bytes)
        case .leadingLineEnd:
            // One empty line before the request is tolerated (RFC 9112 2.2); the next CR is no method.
            guard byte == ASCII.lineFeed else { throw .badLineEnd }
            line = RequestLineScanner(start: position &+ 1)
            stage = .requestLine
        case .requestLine:
            if try line.take(byte, at: position, maxTarget: limits.maxTarget) {
                startLine = try readStartLine(bytes)
                stage = .fields
            }
        case .fields: break
        }
    }

    /// True when the field section ends in these bytes.
    private mutating func takeFields(_ bytes: Span<UInt8>, to end: Int) throws(RequestHeadError) -> Bool {
        do throws(FieldError) {
            let isEnd: Bool
            (position, isEnd) = try fields.scan(bytes, from: position, to: end)
            return isEnd
        } catch {
            throw RequestHeadError(error)
        }
    }

    private func readStartLine(_ bytes: Span<UInt8>) throws(RequestHeadError) -> StartLine {
        guard let method = Method(bytes.extracting(line.method)) else { throw .connect }
        let target = try Target(bytes.extracting(line.target), method: method)
        do throws(HTTPVersion.Refusal) {
            let version = try HTTPVersion(bytes.extracting(line.version))
            return StartLine(method: method, target: target, version: version)
        } catch {
            throw error == .unsupported ? .unsupportedVersion : .badVersion
        }
    }

    private mutating func finish(_ bytes: Span<UInt8>) throws(RequestHeadError) -> RequestHead {
        // The stages make sure that the request line was read; a head without one is refused all the same.
        guard let startLine else { throw .badRequestLine }
        var lines = fields.takeFields()
        let key = KeyFields(bytes, &lines)
        let (host, port) = try RequestHeadParser.host(key.host, of: bytes, startLine.target, startLine.version)
        let body: BodyFraming
        do throws(FramingError) {
            body = try BodyFraming(declaredBy: key, of: bytes, version: startLine.version)
        } catch {
            throw RequestHeadError(error)
        }
        let expects = try RequestHeadParser.expectsContinue(key.expect, of: bytes, startLine.version)
        let headers = Headers(bytes: bytes.extracting(0..<position).copied(), fields: lines, kinds: key.kinds)
        return RequestHead(
            method: startLine.method, target: startLine.target, version: startLine.version, headers: headers,
            host: host, port: port, body: body, length: position,
            expectsContinue: expects && !body.isEmpty, connection: key.connection)
    }

    /// The host and the port beside it.
    private static func host(
        _ host: Occurrence, of bytes: Span<UInt8>, _ target: Target, _ version: HTTPVersion
    ) throws(RequestHeadError) -> (HostPlace, UInt16?) {
        // The usual case, for which nothing is copied: `authority` would say the same.
        if target.authority == nil, case .once(let value) = host, let parts = Authority.parts(bytes.extracting(value)) {
            let place = value.lowerBound..<(value.lowerBound &+ parts.hostEnd)
            if HostName.isCompared(bytes.extracting(place)) { return (.standing(place), parts.port) }
        }
        guard let authority = try authority(host, of: bytes, target, version) else { return (.none, nil) }
        return (.named(authority.host), authority.port)
    }

    /// Exactly one valid `Host` in HTTP/1.1, at most one in 1.0, and never one that contradicts the target (RFC 9112 3.2).
    private static func authority(
        _ host: Occurrence, of bytes: Span<UInt8>, _ target: Target, _ version: HTTPVersion
    ) throws(RequestHeadError) -> Authority? {
        switch host {
        case .never:
            guard version == .http10 else { throw .badHost }
            return target.authority
        case .once(let value):
            guard let host = Authority(bytes.extracting(value)) else { throw .badHost }
            guard target.agrees(with: host) else { throw .hostMismatch }
            return host
        case .repeated: throw .badHost
        }
    }

    /// HTTP/1.0 clients cannot wait for an interim response, so their expectation is ignored (RFC 9110 10.1.1).
    private static func expectsContinue(
        _ expect: Occurrence, of bytes: Span<UInt8>, _ version: HTTPVersion
    ) throws(RequestHeadError) -> Bool {
        guard version == .http11 else { return false }
        switch expect {
        case .never: return false
        case .once(let value) where ASCII.equal(bytes.extracting(value), "100-continue"): return true
        case .once, .repeated: throw .unsupportedExpectation
        }
    }
}
