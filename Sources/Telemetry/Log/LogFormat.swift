/// How a log line is written. `auto` of the configuration is decided before this: text on a terminal, JSON otherwise.
public enum LogFormat: String, Sendable {
    case text
    case json
}
