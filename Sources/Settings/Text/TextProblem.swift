/// Why a text is not what its key wants, in words for the person who wrote it.
struct TextProblem: Error, Hashable {
    let message: String
    let remedy: String

    init(_ message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }
}
