/// Why a text is no configuration file at all.
struct FileFault: Error, Hashable {
    /// From 1; nil for the file as a whole.
    let line: Int?
    let message: String
    let remedy: String

    init(line: Int?, _ message: String, remedy: String) {
        self.line = line
        self.message = message
        self.remedy = remedy
    }
}
