import Settings
import Transport
import Wire

/// A pool as it serves: each place that new connections may go to is a plain backend, whatever names led there. Pure.
struct PoolExpansion: Sendable {
    /// A backend, and where to dial it.
    struct Member: Sendable {
        /// Without names to be asked for, other than that of a backend that has several addresses.
        var settings: BackendSettings
        /// In the order in which they are tried; never empty.
        var addresses: [SocketAddress]
    }

    /// The most addresses of a backend that has several.
    static let mostAddresses = 64

    /// In the order of the configuration, then of the answers; labels are unique; at most `PoolSettings.mostBackends`.
    private(set) var members: [Member] = []
    private(set) var leftOut: [LeftOutBackends] = []
    private var labels: Set<String> = []
    private let pool: PoolSettings

    /// - Parameters:
    ///   - found: the last good answer to a question; empty when there is none, then its backends are missing here.
    ///   - known: where the backend of a label is dialed at present.
    init(_ pool: PoolSettings, found: (NameQuestion) -> [FoundAddress], known: (String) -> [SocketAddress]) {
        self.pool = pool
        for entry in pool.backends {
            if let path = entry.unixPath {
                add(entry, (try? SocketAddress(unixPath: path)).map { [$0] } ?? [], of: entry)
            } else if let address = entry.address {
                add(entry, Self.addresses([address], port: entry.port, known: []), of: entry)
            } else if let question = NameQuestion(entry) {
                let answer = found(question)
                if entry.isService {
                    addServices(answer, of: entry)
                } else if entry.resolution == .each {
                    for one in answer { add(Self.backend(entry, at: one.address, entry.port), name: entry.host, of: entry) }
                } else {
                    add(entry, Self.addresses(answer.map(\.address), port: entry.port, known: known(entry.label)), of: entry)
                }
            }
        }
    }

    private mutating func addServices(_ answer: [FoundAddress], of entry: BackendSettings) {
        let services = answer.compactMap(\.service)
        let priorities = Set(services.map(\.priority)).sorted()
        let heaviest = services.reduce(0) { max($0, Int($1.weight)) }
        for one in answer {
            guard let service = one.service else { continue }
            var backend = Self.backend(entry, at: one.address, service.port)
            backend.priority = min(priorities.firstIndex(of: service.priority) ?? 0, Self.lastPriority)
            backend.weight = Self.weight(Int(service.weight), heaviest: heaviest)
            add(backend, name: service.target, of: entry)
        }
    }

    /// 65,536 weights on our scale of 1...1000, in proportion: as they are where they fit, or else so that the heaviest has all of it.
    /// A weight of 0 has the least chance there is (RFC 2782).
    private static func weight(_ weight: Int, heaviest: Int) -> Int {
        guard heaviest > mostWeight else { return max(1, weight) }
        return max(1, (weight * mostWeight + heaviest / 2) / heaviest)
    }

    private static let mostWeight = 1000
    private static let lastPriority = 15

    private static func backend(_ entry: BackendSettings, at address: IPAddress, _ port: UInt16) -> BackendSettings {
        var backend = entry
        backend.host = address.description
        backend.address = address
        backend.port = port
        backend.isService = false
        backend.resolution = .first
        return backend
    }

    private mutating func add(_ backend: BackendSettings, name: String, of entry: BackendSettings) {
        var backend = backend
        backend.name = name
        add(backend, Self.addresses(backend.address.map { [$0] } ?? [], port: backend.port, known: []), of: entry)
    }

    private mutating func add(_ backend: BackendSettings, _ addresses: [SocketAddress], of entry: BackendSettings) {
        guard !addresses.isEmpty else { return }
        if labels.contains(backend.label) {
            leave(backend, .duplicate, of: entry)
        } else if members.count >= PoolSettings.mostBackends {
            leave(backend, .tooMany, of: entry)
        } else {
            labels.insert(backend.label)
            members.append(Member(settings: backend, addresses: addresses))
        }
    }

    /// One line for each entry and reason is enough.
    private mutating func leave(_ backend: BackendSettings, _ reason: LeftOutBackends.Reason, of entry: BackendSettings) {
        if let index = leftOut.lastIndex(where: { $0.entry == entry.label && $0.reason == reason }) {
            leftOut[index].count += 1
        } else {
            leftOut.append(
                LeftOutBackends(pool: pool.name, entry: entry.label, first: backend.label, reason: reason, source: entry.source))
        }
    }

    /// The addresses to use for one backend, at most `mostAddresses`: those in force stay, in their order, as long as the name still
    /// has them; then what is new, in the order of the answer. So a name server that turns its answers round moves nothing.
    static func addresses(_ candidates: [IPAddress], port: UInt16, known: [SocketAddress]) -> [SocketAddress] {
        let kept = known.filter { address in address.port == port && address.ip.map(candidates.contains) == true }
        let new = candidates.filter { candidate in !kept.contains { $0.ip == candidate } }
        return Array((kept + new.compactMap { try? SocketAddress($0, port: port) }).prefix(mostAddresses))
    }
}

extension NameQuestion {
    /// What has to be asked for a configured backend; nil where an address or a path is written.
    init?(_ entry: BackendSettings) {
        guard entry.unixPath == nil, entry.address == nil else { return nil }
        self = entry.isService ? .services(entry.host) : .addresses(entry.host)
    }

    /// Everything that a configuration asks for.
    static func all(_ settings: Settings) -> Set<NameQuestion> {
        Set(settings.pools.flatMap { $0.backends.compactMap { NameQuestion($0) } })
    }
}
