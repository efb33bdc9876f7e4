/// What a question came to.
public enum NameAnswer: Sendable, Equatable {
    /// Never empty, arranged as `FoundAddress.arranged` does. `open` are records of a service whose targets no server gave an answer
    /// for: there an earlier answer is still the best that is known.
    case found([FoundAddress], open: [ServiceRecord] = [])
    /// Nothing is known.
    case failed(NameFailure)
}
