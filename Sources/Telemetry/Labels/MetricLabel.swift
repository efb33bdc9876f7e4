/// A closed set of values for one metric label: the raw value is the label's text.
///
/// Refuses to carry anything a client chose: a new value is a new case, so the number of series is known when the
/// program is compiled.
public protocol MetricLabel: CaseIterable, Sendable, Hashable, RawRepresentable where RawValue == String {}

extension MetricLabel {
    /// The place of this case among all cases, from 0. Linear in the number of cases: not for a path walked per message.
    public var position: Int {
        var place = 0
        for candidate in Self.allCases {
            if candidate == self { return place }
            place += 1
        }
        return 0
    }

    /// How many cases there are.
    public static var width: Int { allCases.count }
}
