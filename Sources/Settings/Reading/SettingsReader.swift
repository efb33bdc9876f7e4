/// Turns the text of a configuration into `Settings`, or into every problem that is in it.
public enum SettingsReader {
    /// Reads a file's bytes. Bytes that are no UTF-8 are a problem of the file.
    ///
    /// - Parameters:
    ///   - bytes: the YAML, at most 4 MiB.
    ///   - file: its name, for messages; relative paths in it are resolved against its folder.
    ///   - environment: where `${NAME}` is looked up, for secrets only.
    ///   - readFile: reads the file of a secret that is written as `file:PATH`; what it throws becomes a problem of that
    ///     key: an `UnreadableFile` with its own words, any other error with its description.
    /// - Returns: settings with their warnings, or all errors with the warnings. Never throws, traps or hangs, whatever
    ///   the bytes are.
    public static func read(
        bytes: [UInt8], file: String, environment: [String: String] = [:],
        readFile: @escaping (String) throws -> [UInt8]
    ) -> Result<Settings, Problems> {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return .failure(
                Problems(errors: [
                    Problem(
                        file: file, line: nil, path: "", message: "the file is no UTF-8 text",
                        remedy: "save it as UTF-8; is it the right file?")
                ]))
        }
        return read(text: text, file: file, environment: environment, readFile: readFile)
    }

    /// The same for text.
    public static func read(
        text: String, file: String, environment: [String: String] = [:],
        readFile: @escaping (String) throws -> [UInt8]
    ) -> Result<Settings, Problems> {
        let written: FileSettings
        do {
            written = try FileSettings(text: text)
        } catch {
            return .failure(
                Problems(
                    errors: error.all.map {
                        Problem(file: file, line: $0.line, path: "", message: $0.message, remedy: $0.remedy)
                    }))
        }
        var reader = Reader(file: file, environment: environment, readFile: readFile)
        let settings = reader.settings(Element(value: written.root, path: ""))
        let warnings = reader.warnings.inOrderOfLines
        guard reader.errors.isEmpty, var settings else {
            return .failure(Problems(errors: reader.errors.inOrderOfLines, warnings: warnings))
        }
        settings.warnings = warnings
        return .success(settings)
    }
}

extension [Problem] {
    /// Those without a line come last.
    fileprivate var inOrderOfLines: [Problem] {
        sorted { ($0.line ?? .max) < ($1.line ?? .max) }
    }
}
