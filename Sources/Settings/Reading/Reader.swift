/// Reads one configuration and gathers what is wrong with it. A value that cannot be used is reported and stands in as
/// nil or as its default, so that the rest is read all the same; nothing it made is used once there is an error.
struct Reader {
    /// So that a file full of nonsense does not become a message full of nonsense.
    static let mostProblems = 1000

    let file: String
    let environment: [String: String]
    let readFile: (String) throws -> [UInt8]
    private(set) var errors: [Problem] = []
    private(set) var warnings: [Problem] = []

    init(file: String, environment: [String: String], readFile: @escaping (String) throws -> [UInt8]) {
        self.file = file
        self.environment = environment
        self.readFile = readFile
    }

    /// True when further errors would not be kept: what is costly to word need not be.
    var isFull: Bool { errors.count >= Self.mostProblems }

    mutating func error(_ element: Element, _ message: String, remedy: String) {
        error(place(of: element), message, remedy: remedy)
    }

    mutating func error(_ element: Element, _ problem: TextProblem) {
        error(element, problem.message, remedy: problem.remedy)
    }

    mutating func error(_ place: SourcePlace, _ message: String, remedy: String) {
        guard !isFull else { return }
        errors.append(Problem(at: place, message: message, remedy: remedy))
    }

    mutating func warn(_ place: SourcePlace, _ message: String, remedy: String) {
        guard warnings.count < Self.mostProblems else { return }
        warnings.append(Problem(at: place, message: message, remedy: remedy))
    }

    mutating func missing(_ key: String, in fields: Fields, remedy: String) {
        error(fields.owner, "`\(key)` is missing", remedy: remedy)
    }

    func place(of element: Element) -> SourcePlace {
        SourcePlace(file: file, line: element.value.line, path: element.path)
    }
}
