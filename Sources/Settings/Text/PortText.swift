/// Ports as they are written: 1 to 65535.
enum PortText {
    static func read(_ text: some StringProtocol) throws(TextProblem) -> UInt16 {
        guard text.utf8.count <= 5, let number = DecimalText.read(Array(text.utf8)),
            let port = UInt16(exactly: number), port != 0
        else {
            throw TextProblem("`\(String(text).clipped)` is no port", remedy: "write a number from 1 to 65535")
        }
        return port
    }
}
