import Routing

@testable import Settings

/// The least a configuration needs, to be added to.
let minimal = """
    listeners:
      - { name: plain, bind: "127.0.0.1:8080" }
    routes:
      - { pool: chat }
    pools:
      chat: { backends: [ "ws://127.0.0.1:9001" ] }

    """

/// Reads a text as the file `/etc/tidegate/t.yaml`.
func read(
    _ text: String, environment: [String: String] = [:], files: [String: String] = [:]
) -> Result<Settings, Problems> {
    SettingsReader.read(text: text, file: "/etc/tidegate/t.yaml", environment: environment) { path in
        guard let content = files[path] else { throw NoSuchFile() }
        return Array(content.utf8)
    }
}

/// The errors of a text; empty when it is valid.
func errors(_ text: String, environment: [String: String] = [:], files: [String: String] = [:]) -> [Problem] {
    guard case .failure(let problems) = read(text, environment: environment, files: files) else { return [] }
    return problems.errors
}

/// The only error of a text, as `LINE: PATH: MESSAGE; REMEDY`; all of them, parted by line breaks, when there are more.
func complaint(_ text: String, environment: [String: String] = [:], files: [String: String] = [:]) -> String {
    errors(text, environment: environment, files: files)
        .map { String($0.description.dropFirst("/etc/tidegate/t.yaml:".count)) }
        .joined(separator: "\n")
}

/// The warnings of a text that is valid, as `LINE PATH: MESSAGE`.
func warnings(_ text: String, environment: [String: String] = [:], files: [String: String] = [:]) throws -> [String] {
    try read(text, environment: environment, files: files).get().warnings
        .map { "\($0.line ?? 0) \($0.path): \($0.message)" }
}

/// A file of one listener, with `route` and `pool` between their braces: `pool` is that of the pool `chat`.
func file(route: String = "pool: chat", pool: String = "backends: [ \"ws://h\" ]", rest: String = "") -> String {
    """
    listeners:
      - { name: plain, bind: "127.0.0.1:8080" }
    routes:
      - { \(route) }
    pools:
      chat: { \(pool) }
    \(rest)

    """
}

extension RouteSettings {
    init(name: String, host: HostPattern = .any, path: PathPattern = .prefix([]), pool: String) {
        self.init(name: name, host: host, path: path, destination: .pool(pool))
    }
}

struct NoSuchFile: Error, CustomStringConvertible {
    let description = "no such file"
}

/// The first pool of a file whose pool has one backend and `keys`.
func pool(_ keys: String, backends: String = "\"ws://h\"", files: [String: String] = [:]) throws -> PoolSettings? {
    try read(file(pool: "backends: [ \(backends) ], \(keys)"), files: files).get().pools.first
}

/// The only error of a file whose pool has one backend and `keys`; all of them when there are more.
func poolComplaint(_ keys: String, backends: String = "\"ws://h\"", files: [String: String] = [:]) -> String {
    complaint(file(pool: "backends: [ \(backends) ], \(keys)"), files: files)
}
