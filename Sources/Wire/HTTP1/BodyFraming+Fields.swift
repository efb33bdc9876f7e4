extension BodyFraming {
    /// What the framing fields of a head declare (RFC 9112 6.1-6.3), read strictly.
    ///
    /// `Transfer-Encoding` may only be the one word `chunked`; `Content-Length` only one line with one number. Leading
    /// zeros are read as decimal, and whoever forwards the length writes it anew, so no backend sees them.
    init(declaredBy fields: KeyFields, of bytes: Span<UInt8>, version: HTTPVersion) throws(FramingError) {
        switch (fields.transferEncoding, fields.contentLength) {
        case (.never, .never): self = .none
        case (.never, .once(let length)):
            guard let value = BodyFraming.decimal(bytes.extracting(length)) else { throw .badContentLength }
            self = .length(value)
        case (.never, .repeated): throw .badContentLength
        case (.once(let encoding), .never):
            guard version == .http11 else { throw .badTransferEncoding }
            try BodyFraming.requireChunked(bytes.extracting(encoding))
            self = .chunked
        case (.repeated, .never): throw .badTransferEncoding
        case (.once, _), (.repeated, _): throw .bothLengthAndEncoding
        }
    }

    /// Digits only, no sign, at most 2^63 - 1: a number that any peer can hold.
    static func decimal(_ digits: Span<UInt8>) -> UInt64? {
        guard digits.count > 0 else { return nil }
        var value: UInt64 = 0
        for index in digits.indices {
            let byte = digits[index]
            guard ASCII.isDigit(byte) else { return nil }
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(byte &- 0x30))
            guard !overflow, !carry, sum <= UInt64(Int64.max) else { return nil }
            value = sum
        }
        return value
    }

    /// Passes for `chunked` alone; tells a coding we lack (501) from a list that makes no sense (400).
    private static func requireChunked(_ value: Span<UInt8>) throws(FramingError) {
        if ASCII.equal(value, "chunked") { return }
        let members = value.copied().split(separator: ASCII.comma, omittingEmptySubsequences: false).map(ASCII.trimmed)
        for (position, member) in members.enumerated() {
            guard !member.isEmpty, member.allSatisfy(ASCII.isToken) else { throw .badTransferEncoding }
            let isLast = position == members.count &- 1
            guard isLast || !ASCII.equal(member, "chunked") else { throw .badTransferEncoding }
        }
        throw .unsupportedTransferEncoding
    }
}
