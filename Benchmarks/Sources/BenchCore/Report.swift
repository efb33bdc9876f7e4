import Glibc

/// One JSON object a line on standard output: how the tools speak with the runner.
package struct Report {
    private var members: [String] = []

    /// `event` is a plain word.
    package init(event: String) { members.append("\"event\":\"\(event)\"") }

    package mutating func add(_ name: String, _ value: some BinaryInteger) { members.append("\"\(name)\":\(value)") }

    /// A value that is no number in JSON (infinite, not a number) becomes `null`.
    package mutating func add(_ name: String, _ value: Double) {
        members.append("\"\(name)\":\(value.isFinite ? "\(value)" : "null")")
    }

    package mutating func add(_ name: String, _ counts: [String: Int]) {
        let pairs = counts.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
        members.append("\"\(name)\":{\(pairs.joined(separator: ","))}")
    }

    package func send() {
        var line = Array("{\(members.joined(separator: ","))}\n".utf8)[...]
        while !line.isEmpty {
            let count = line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            line = line.dropFirst(count)
        }
    }
}
