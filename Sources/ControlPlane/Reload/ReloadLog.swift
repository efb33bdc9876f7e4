import DataPlane
import Settings
import Telemetry

/// The log lines about configurations.
public enum ReloadLog {
    /// One `config_refused` line for each problem, so that none is cut; each tells how many there are.
    public static func refused(_ problems: Problems, to log: LogSink) {
        for (index, problem) in problems.errors.enumerated() {
            log.emit(.error, "config_refused") { line in
                line.field("problem", index + 1)
                line.field("problems", problems.errors.count)
                fill(&line, problem)
            }
        }
        warnings(problems.warnings, to: log)
    }

    /// One `config_warning` line for each.
    public static func warnings(_ warnings: [Problem], to log: LogSink) {
        for warning in warnings {
            log.emit(.warn, "config_warning") { fill(&$0, warning) }
        }
    }

    /// `config_reloaded` with what it changed, and a `config_warning` for each key that waits for a restart.
    public static func accepted(_ difference: ReloadDifference, needingRestart keys: [String], to log: LogSink) {
        for key in keys {
            log.emit(.warn, "config_warning") { line in
                line.field("key", key)
                line.field("message", "a reload cannot change this; the earlier value stays in force")
                line.field("remedy", "restart to put it into force")
            }
        }
        log.emit(.info, "config_reloaded") { line in
            line.field("listeners_added", difference.listeners.added)
            line.field("listeners_removed", difference.listeners.removed)
            line.field("listeners_changed", difference.listeners.changed)
            line.field("routes_added", difference.routes.added)
            line.field("routes_removed", difference.routes.removed)
            line.field("routes_changed", difference.routes.changed)
            line.field("pools_added", difference.pools.added)
            line.field("pools_removed", difference.pools.removed)
            line.field("pools_changed", difference.pools.changed)
        }
    }

    private static func fill(_ line: inout LogLine, _ problem: Problem) {
        if !problem.file.isEmpty { line.field("file", problem.file) }
        if let number = problem.line { line.field("line", number) }
        if !problem.path.isEmpty { line.field("key", problem.path) }
        line.field("message", problem.message)
        if !problem.remedy.isEmpty { line.field("remedy", problem.remedy) }
    }
}
