import Balancing
import Session
import Settings
import Wire

/// `balance: hash` of one snapshot's pool.
final class HashRuntime: Sendable {
    private let extraction: KeyExtraction
    private let table: MaglevTable
    private let labels: [String]
    private let weights: [Int]
    private let maxLoad: Int?
    /// Nil with `hold: false`.
    let placements: Placements?
    /// By which number the table of placements knows a backend, by its index.
    private let numbers: [Int?]
    private let indices: [Int: Int]

    /// - Parameter previous: whose table is kept while labels and weights are the same, and whose holds are kept in any case.
    init(_ settings: HashSettings, backends: [BackendRuntime], previous: HashRuntime?) {
        extraction = KeyExtraction(settings.parts)
        labels = backends.map(\.key.backend)
        weights = backends.map(\.facts.weight)
        maxLoad = settings.maxLoadPerMille
        if let previous, previous.labels == labels, previous.weights == weights {
            table = previous.table
        } else {
            table = MaglevTable(labels: labels, weights: weights)
        }
        placements = settings.holds ? previous?.placements ?? Placements() : nil
        numbers = placements?.numbers(of: labels) ?? []
        indices = Dictionary(
            numbers.enumerated().compactMap { index, number in number.map { ($0, index) } }, uniquingKeysWith: { first, _ in first })
    }

    /// The key of a request, nil for one that has none.
    func key(of head: RequestHead, client: IPAddress?) -> UInt64? { extraction.key(of: head, client: client) }

    func placement(_ key: UInt64) -> HashPlacement { HashPlacement(table: table, key: key, maxLoad: maxLoad) }

    /// The number of the backend that holds this key, which this snapshot need not have.
    func held(_ key: UInt64) -> Int? { placements?.table.backend(of: key) }

    func index(ofNumber number: Int) -> Int? { indices[number] }

    func number(ofIndex index: Int) -> Int? { numbers.indices.contains(index) ? numbers[index] : nil }
}
