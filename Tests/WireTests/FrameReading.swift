@testable import Wire

// The same readers on arrays: a span cannot stand inside an expectation.

extension FrameHeader {
    init?(_ bytes: [UInt8], at offset: Int) { self.init(bytes.span, at: offset) }
}

extension ControlFrame {
    static func readClose(_ bytes: [UInt8], at offset: Int) -> (code: CloseCode, reason: [UInt8]) {
        readClose(bytes.span, at: offset)
    }

    static func isPong(_ bytes: [UInt8], at offset: Int, answering tag: UInt64) -> Bool {
        isPong(bytes.span, at: offset, answering: tag)
    }
}
