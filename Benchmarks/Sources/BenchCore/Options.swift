/// A command line of the form `MODE --name value … --flag …`. Unknown options are refused: a misspelt one would measure
/// something else.
package struct Options {
    package struct UsageError: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    package let mode: String
    private var values: [String: String] = [:]

    /// `names` take a value, `flags` do not.
    package init(_ arguments: [String], modes: [String], names: Set<String>, flags: Set<String> = []) throws(UsageError) {
        guard let mode = arguments.first, modes.contains(mode) else {
            throw UsageError(description: "the first argument is one of: \(modes.joined(separator: ", "))")
        }
        self.mode = mode
        var rest = arguments.dropFirst()
        while let argument = rest.popFirst() {
            let name = String(argument.dropFirst(2))
            if argument.hasPrefix("--") && flags.contains(name) {
                values[name] = ""
            } else if argument.hasPrefix("--") && names.contains(name), let value = rest.popFirst() {
                values[name] = value
            } else {
                let known = (names.map { "--\($0) VALUE" } + flags.map { "--\($0)" }).sorted()
                throw UsageError(description: "cannot use \(argument); known: \(known.joined(separator: " "))")
            }
        }
    }

    package func has(_ flag: String) -> Bool { values[flag] != nil }

    package func string(_ name: String, default fallback: String) -> String { values[name] ?? fallback }

    package func int(_ name: String, default fallback: Int, in range: ClosedRange<Int>) throws(UsageError) -> Int {
        guard let text = values[name] else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            throw UsageError(description: "--\(name) is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    package func double(_ name: String, default fallback: Double, in range: ClosedRange<Double>) throws(UsageError) -> Double {
        guard let text = values[name] else { return fallback }
        guard let value = Double(text), range.contains(value) else {
            throw UsageError(description: "--\(name) is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
