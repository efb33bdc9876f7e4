import Settings

/// Where settings come from, at the start and again at every reload.
public enum ConfigurationSource: Sendable {
    /// A file, read anew each time: at most 4 MiB of YAML in UTF-8, a regular file.
    case file(String)
    /// Settings that no file holds, the same each time.
    case fixed(Settings)

    private static let fileLimit = 4 << 20
    private static let secretLimit = 64 << 10

    /// The settings, valid in themselves, or every problem that is in them.
    public func read() -> Result<Settings, Problems> {
        switch self {
        case .fixed(let settings): .success(settings)
        case .file(let path): Self.read(path)
        }
    }

    private static func read(_ path: String) -> Result<Settings, Problems> {
        let bytes: [UInt8]
        do throws(SmallFile.Failure) {
            bytes = try SmallFile.read(path, limit: fileLimit)
        } catch {
            return refused(path, line: nil, error.message, error.remedy)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return refused(path, line: lineOfFirstBadByte(bytes), "this is not UTF-8 text", "save the file as UTF-8")
        }
        return SettingsReader.read(text: text, file: path, environment: ProcessEnvironment.read(), readFile: readSecret)
    }

    private static func readSecret(_ path: String) throws -> [UInt8] {
        do throws(SmallFile.Failure) {
            return try SmallFile.read(path, limit: secretLimit)
        } catch {
            throw UnreadableFile(message: error.message, remedy: error.remedy)
        }
    }

    private static func refused(_ path: String, line: Int?, _ message: String, _ remedy: String) -> Result<Settings, Problems> {
        .failure(Problems(errors: [Problem(file: path, line: line, path: "", message: message, remedy: remedy)]))
    }

    /// UTF-8 is wrong in a line exactly if it is wrong in that line alone: no sequence holds a line feed.
    private static func lineOfFirstBadByte(_ bytes: [UInt8]) -> Int? {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .firstIndex { String(validating: $0, as: UTF8.self) == nil }
            .map { $0 + 1 }
    }
}
