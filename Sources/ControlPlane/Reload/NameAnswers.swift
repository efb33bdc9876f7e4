import DataPlane
import Settings
import Telemetry
import Transport
import Wire

/// What the names of a configuration's backends came to, all asked for at the same time.
struct NameAnswers: Sendable {
    /// The most addresses of one name that are used.
    static let mostAddresses = 64

    private let answers: [String: HostResolver.Answer]
    private let asked: Int

    /// Blocks until all names are answered, or the resolver's patience is over.
    init(_ settings: Settings, resolver: HostResolver) {
        let names = Self.names(settings)
        answers = resolver.resolve(names)
        asked = names.count
    }

    /// The names that have to be asked for: not what is written as an address or a path.
    static func names(_ settings: Settings) -> Set<String> {
        var names: Set<String> = []
        for pool in settings.pools {
            for backend in pool.backends where backend.unixPath == nil && backend.address == nil { names.insert(backend.host) }
        }
        return names
    }

    /// How many names were looked up, by result. A name without an answer in time has failed.
    var counts: [ResolutionResult: Int] {
        var successes = 0
        for answer in answers.values { if case .addresses = answer { successes += 1 } }
        return [.success: successes, .failure: asked - successes]
    }

    /// The answer for a backend's name, or the address that is written.
    func answer(for backend: BackendSettings) -> HostResolver.Answer {
        if let address = backend.address { return .addresses([address]) }
        return answers[backend.host] ?? .failed("no answer in time")
    }

    /// The addresses to use for a backend, at most `mostAddresses`: those in force stay, in their order, as long as the name still
    /// has them; then what is new, in the order of the answer. So a name server that turns its answers round moves nothing.
    static func addresses(_ candidates: [IPAddress], port: UInt16, known: [SocketAddress]) -> [SocketAddress] {
        let kept = known.filter { address in address.port == port && address.ip.map(candidates.contains) == true }
        let new = candidates.filter { candidate in !kept.contains { $0.ip == candidate } }
        return Array((kept + new.compactMap { try? SocketAddress($0, port: port) }).prefix(mostAddresses))
    }

    /// Whether two lists lead to the same places, in any order.
    static func isSame(_ one: [SocketAddress], _ other: [SocketAddress]) -> Bool {
        one.count == other.count && one.allSatisfy { address in other.contains { $0.ip == address.ip && $0.port == address.port } }
    }
}
