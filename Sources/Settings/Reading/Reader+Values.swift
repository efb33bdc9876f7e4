/// Typed single values. Each gives nil, reported, for a value that is not what the key wants.
extension Reader {
    /// Runs a reader of text and reports what it refuses.
    mutating func parsed<Value>(
        _ element: Element, _ read: (String) throws(TextProblem) -> Value
    ) -> Value? {
        guard let text = text(element) else { return nil }
        do {
            return try read(text)
        } catch {
            self.error(element, error)
            return nil
        }
    }

    mutating func integer(_ element: Element, in range: ClosedRange<Int>) -> Int? {
        parsed(element) { text throws(TextProblem) in
            let remedy = "write a whole number from \(range.lowerBound) to \(range.upperBound)"
            guard let value = DecimalText.read(text) else {
                throw TextProblem("`\(text.clipped)` is no whole number", remedy: remedy)
            }
            guard range.contains(value) else {
                throw TextProblem("\(value) is out of range", remedy: remedy)
            }
            return value
        }
    }

    /// In thousandths.
    mutating func ratio(_ element: Element, in range: ClosedRange<Int>) -> Int? {
        parsed(element) { text throws(TextProblem) in
            let value = try RatioText.read(text)
            guard range.contains(value) else {
                let bounds = "\(RatioText.write(range.lowerBound)) to \(RatioText.write(range.upperBound))"
                throw TextProblem("\(text.clipped) is out of range", remedy: "write a number from \(bounds)")
            }
            return value
        }
    }

    mutating func duration(_ element: Element, in range: ClosedRange<Duration>) -> Duration? {
        parsed(element) { text throws(TextProblem) in
            let value = try DurationText.read(text)
            guard range.contains(value) else {
                let bounds = "\(DurationText.write(range.lowerBound)) to \(DurationText.write(range.upperBound))"
                throw TextProblem("\(text.clipped) is out of range", remedy: "write a duration from \(bounds)")
            }
            return value
        }
    }

    mutating func size(_ element: Element, in range: ClosedRange<Int>) -> Int? {
        parsed(element) { text throws(TextProblem) in
            let value = try SizeText.read(text)
            guard range.contains(value) else {
                let bounds = "\(SizeText.write(range.lowerBound)) to \(SizeText.write(range.upperBound))"
                throw TextProblem("\(text.clipped) is out of range", remedy: "write a size from \(bounds)")
            }
            return value
        }
    }

    /// One of the raw values of an enum.
    ///
    /// - Parameter others: words that the key takes beside them, for the remedy.
    mutating func choice<Value: CaseIterable & RawRepresentable<String>>(
        _ element: Element, _: Value.Type, or others: [String] = []
    ) -> Value? {
        parsed(element) { text throws(TextProblem) in
            if let value = Value(rawValue: text) { return value }
            let names = others + Value.allCases.map(\.rawValue)
            let remedy =
                Spelling.nearest(to: text, among: names).map { "did you mean `\($0)`?" }
                ?? "write one of \(names.joined(separator: ", "))"
            throw TextProblem("`\(text.clipped)` is none of the choices", remedy: remedy)
        }
    }

    mutating func boolean(_ element: Element) -> Bool? {
        parsed(element) { text throws(TextProblem) in
            guard let value = Self.boolean(text) else {
                throw TextProblem("`\(text.clipped)` is neither true nor false", remedy: "write true or false")
            }
            return value
        }
    }

    /// As YAML 1.2 writes them; nil for everything else, `yes` and `on` too.
    static func boolean(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// A file's path, resolved against the folder of the configuration.
    mutating func path(_ element: Element) -> String? {
        let file = file
        return parsed(element) { text throws(TextProblem) in
            try FilePath.validate(text)
            return FilePath.resolve(text, besides: file)
        }
    }

    mutating func bind(_ element: Element) -> BindAddress? {
        let file = file
        return parsed(element) { text throws(TextProblem) in try BindText.read(text, besides: file) }
    }

    /// `off`, or `false`, as which programs that speak YAML 1.1 write it again.
    func isOff(_ element: Element?) -> Bool {
        ["off", "Off", "OFF", "false", "False", "FALSE"].contains(element?.scalar)
    }

    /// `on`, or `true`, for sections whose defaults are meant.
    func isOn(_ element: Element?) -> Bool {
        ["on", "On", "ON", "true", "True", "TRUE"].contains(element?.scalar)
    }

    /// What is written of a section that is off by default; nil when that is nothing, or `off`.
    func unlessOff(_ element: Element?) -> Element? {
        guard let element, !element.isNothing, !isOff(element) else { return nil }
        return element
    }
}
