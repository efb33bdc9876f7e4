/// How many bytes of a connection surely belong to its PROXY protocol header: what follows it may be TLS, and is not ours to read.
enum ProxyPreface {
    /// The shortest header of version 1, `PROXY UNKNOWN` and its line end, and one byte less than version 2's fixed part.
    private static let shortest = 15
    private static let fixedPart = 16

    /// At least 1, as long as the header is not whole.
    static func wanted(after bytes: [UInt8]) -> Int {
        if bytes.count < shortest { return shortest - bytes.count }
        // A line is read to its end byte by byte, at most 92 of them.
        if bytes[0] == UInt8(ascii: "P") { return 1 }
        if bytes.count < fixedPart { return fixedPart - bytes.count }
        let rest = Int(bytes[14]) << 8 | Int(bytes[15])
        return max(1, fixedPart + rest - bytes.count)
    }
}
