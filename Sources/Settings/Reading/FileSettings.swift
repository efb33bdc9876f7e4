import Yams

/// A configuration file as it was written, and the only place that knows YAML.
struct FileSettings {
    let root: FileValue

    /// Reads one YAML document. An empty one is an empty mapping.
    init(text: String) throws(FileFaults) {
        let faults = DocumentGuard.faults(in: Array(text.utf8).span)
        guard faults.isEmpty else { throw FileFaults(all: faults) }
        do {
            // The parser is told the encoding, so it does not look for a byte order mark itself.
            let yaml = text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text
            // A node takes a byte at least: more nodes than bytes would be aliases that the guard has missed.
            var budget = text.utf8.count + 1
            let value = try Parser(yaml: yaml, encoding: .utf8).singleRoot().map { node in
                try Self.value(of: node, depth: 0, budget: &budget)
            }
            if let value, !value.isNothing {
                root = value
            } else {
                root = FileValue(line: 1, content: .map([]))
            }
        } catch let fault as FileFault {
            throw FileFaults(all: [fault])
        } catch {
            throw FileFaults(all: [Self.fault(of: error)])
        }
    }

    /// Depth and number of nodes are bounded once more, beside the guard: this recursion must not depend on how well that
    /// one reads.
    private static func value(of node: Node, depth: Int, budget: inout Int) throws -> FileValue {
        let line = node.mark?.line ?? 1
        budget -= 1
        guard depth <= 2 * DocumentGuard.deepest, budget >= 0 else {
            throw FileFault(line: line, "nested too deep or too often", remedy: "a configuration needs six levels")
        }
        switch node {
        case .scalar(let scalar):
            let isNothing = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return FileValue(line: line, content: isNothing ? .nothing : .scalar(scalar.string))
        case .sequence(let sequence):
            var values: [FileValue] = []
            for inner in sequence { values.append(try value(of: inner, depth: depth + 1, budget: &budget)) }
            return FileValue(line: line, content: .list(values))
        case .mapping(let mapping):
            return FileValue(line: line, content: .map(try entries(of: mapping, depth: depth, budget: &budget)))
        case .alias:
            throw FileFault(line: line, "aliases are refused", remedy: "write the value out")
        }
    }

    private static func entries(of mapping: Node.Mapping, depth: Int, budget: inout Int) throws -> [FileEntry] {
        var seen: Set<String> = []
        var entries: [FileEntry] = []
        for (key, inner) in mapping {
            let line = key.mark?.line ?? mapping.mark?.line ?? 1
            guard case .scalar(let name) = key else {
                throw FileFault(line: line, "a key is a single word", remedy: "write `key: value`")
            }
            guard seen.insert(name.string).inserted else { throw duplicate([name.string], line: line) }
            let value = try value(of: inner, depth: depth + 1, budget: &budget)
            entries.append(FileEntry(key: name.string, line: line, value: value))
        }
        return entries
    }

    private static func duplicate(_ keys: [String], line: Int?) -> FileFault {
        let names = keys.prefix(3).map { "`\(FieldNameText.shown($0))`" }.joined(separator: ", ")
        return FileFault(line: line, "\(names) written more than once in one mapping", remedy: "keep one of them")
    }

    private static func fault(of error: any Error) -> FileFault {
        let remedy = "mend the YAML here or just before"
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let message = [context?.text, problem].compactMap(\.self).joined(separator: ", ")
            return FileFault(line: mark.line, message, remedy: remedy)
        case .reader(let problem, let offset, _, let yaml):
            let line = offset.map { yaml.prefix($0).count { $0.isNewline } + 1 }
            return FileFault(line: line, problem, remedy: "remove what is no printable text")
        case .duplicatedKeysInMapping(let keys, let context):
            return duplicate(keys, line: context.mark.line)
        default:
            return FileFault(line: nil, "the YAML cannot be read", remedy: remedy)
        }
    }
}
