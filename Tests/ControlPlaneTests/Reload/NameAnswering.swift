import Wire

@testable import ControlPlane

extension NameResolver {
    /// One answer for each question.
    static func each(_ answer: @escaping @Sendable (NameQuestion) -> NameAnswer) -> NameResolver {
        NameResolver { questions, _ in questions.reduce(into: [:]) { $0[$1] = answer($1) } }
    }
}

extension NameAnswer {
    /// Addresses that may be believed for an hour.
    static func addresses(_ list: [IPAddress]) -> NameAnswer { .found(list.map { FoundAddress($0, ttl: 3600) }) }
}
