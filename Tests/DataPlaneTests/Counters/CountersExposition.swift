/// A strict reader of the Prometheus text format, for tests: it refuses what a scraper would stumble over.
struct CountersExposition {
    struct Refusal: Error {
        let line: String
        let why: String
    }

    private(set) var types: [String: String] = [:]
    private(set) var helps: Set<String> = []
    /// Values by `name{labels}` as written.
    private(set) var series: [String: Double] = [:]

    init(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.isEmpty || text.hasSuffix("\n") else { throw Refusal(line: "", why: "no final line feed") }
        var family = ""
        for line in text.split(separator: "\n") {
            if line == "# EOF" { continue }
            if line.hasPrefix("# ") {
                family = try header(line)
            } else {
                try sample(line, in: family)
            }
        }
    }

    private mutating func header(_ line: Substring) throws -> String {
        let words = line.split(separator: " ", maxSplits: 3)
        guard words.count == 4 else { throw Refusal(line: String(line), why: "short header") }
        let name = String(words[2])
        if words[1] == "HELP" {
            guard helps.insert(name).inserted else { throw Refusal(line: String(line), why: "second HELP") }
        } else {
            guard words[1] == "TYPE", helps.contains(name) else { throw Refusal(line: String(line), why: "no HELP before") }
            guard types.updateValue(String(words[3]), forKey: name) == nil else {
                throw Refusal(line: String(line), why: "second TYPE")
            }
        }
        return name
    }

    private mutating func sample(_ line: Substring, in family: String) throws {
        guard let space = line.lastIndex(of: " "), let value = Double(Self.number(line[line.index(after: space)...])) else {
            throw Refusal(line: String(line), why: "no value")
        }
        let key = String(line[..<space])
        let name = key.prefix { $0 != "{" }
        let suffixes = types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : ["", "_total"]
        guard suffixes.contains(where: { name == family + $0 }) else {
            throw Refusal(line: String(line), why: "outside its family \(family)")
        }
        guard series.updateValue(value, forKey: key) == nil else { throw Refusal(line: key, why: "second series") }
    }

    private static func number(_ text: Substring) -> String { text == "+Inf" ? "inf" : String(text) }
}
