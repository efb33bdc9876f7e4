/// Reads `HTTP-version SP status-code [ SP reason-phrase ] CRLF` byte by byte (RFC 9112 4).
///
/// The space before an absent reason is not insisted on: many servers leave it out, and nothing has two readings by it.
struct StatusLineScanner: Sendable {
    private enum Stage: Sendable {
        case version, status, afterStatus, reason, lineEnd
    }

    private var stage = Stage.version
    private var digits = 0
    private(set) var version = 0..<0
    private(set) var status: UInt16 = 0
    private(set) var reason = 0..<0

    /// Reads a whole line of the usual form at once, and says where it ends. nil, and nothing is read, when it is not all here or
    /// not of that form: what it is then, `take` says.
    mutating func takeWhole(_ bytes: Span<UInt8>, to end: Int) -> Int? {
        // Version, space, three digits, CR and LF.
        guard end >= 14, bytes[8] == ASCII.space, bytes.endOfVisible(from: 0, to: 8) == 8 else { return nil }
        var code: UInt16 = 0
        for index in 9..<12 {
            guard ASCII.isDigit(bytes[index]) else { return nil }
            code = code &* 10 &+ UInt16(bytes[index] &- 0x30)
        }
        guard code >= 100, code <= 599 else { return nil }
        let reasonStart = bytes[12] == ASCII.space ? 13 : 12
        let reasonEnd = reasonStart == 13 ? bytes.endOfText(from: 13, to: end) : 12
        guard end &- reasonEnd >= 2, bytes[reasonEnd] == ASCII.carriageReturn, bytes[reasonEnd &+ 1] == ASCII.lineFeed else {
            return nil
        }
        version = 0..<8
        status = code
        reason = reasonStart..<reasonEnd
        return reasonEnd &+ 2
    }

    /// Takes the byte at `index` of the buffer, which begins with this line; true after the LF that ends it.
    mutating func take(_ byte: UInt8, at index: Int) throws(ResponseHeadError) -> Bool {
        switch stage {
        case .version:
            if byte == ASCII.space {
                version = 0..<index
                stage = .status
                return false
            }
            guard ASCII.isVisible(byte), index < 8 else { throw .badStatusLine }
        case .status:
            guard ASCII.isDigit(byte) else { throw .badStatusLine }
            status = status &* 10 &+ UInt16(byte &- 0x30)
            digits &+= 1
            if digits == 3 {
                guard status >= 100, status <= 599 else { throw .badStatusLine }
                stage = .afterStatus
            }
        case .afterStatus:
            reason = (index &+ 1)..<(index &+ 1)
            if byte == ASCII.space {
                stage = .reason
                return false
            }
            reason = index..<index
            guard byte == ASCII.carriageReturn else { throw .badStatusLine }
            stage = .lineEnd
        case .reason:
            if byte == ASCII.carriageReturn {
                reason = reason.lowerBound..<index
                stage = .lineEnd
                return false
            }
            guard byte != ASCII.lineFeed else { throw .badLineEnd }
            guard ASCII.isFieldValue(byte) else { throw .badStatusLine }
        case .lineEnd:
            guard byte == ASCII.lineFeed else { throw .badLineEnd }
            return true
        }
        return false
    }
}
