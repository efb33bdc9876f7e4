/// Ports as they are written: 1 to 65535.
enum PortText {
    static func read(_ text: some StringProtocol) throws(TextProblem) -> UInt16 {
        guard text.utf8.count <= 5, let number = DecimalText.read(Array(text.utf8)),
            let port = UInt16(exactly: number), port != 0
        else {
            // A password stands in the place of a port when its `@HOST` was forgotten.
            let isNumber = !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            throw TextProblem(
                "\(isNumber ? "`\(String(text).clipped)`" : "this") is no port", remedy: "write a number from 1 to 65535")
        }
        return port
    }
}
