/// What there is of a field that may stand in a head only once: where its value is.
enum Occurrence {
    case never
    case once(Range<Int>)
    case repeated

    mutating func add(_ value: Range<Int>) {
        if case .never = self { self = .once(value) } else { self = .repeated }
    }

    /// nil unless there is exactly one.
    var only: Range<Int>? { if case .once(let value) = self { value } else { nil } }
}
