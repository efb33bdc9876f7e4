import Settings

/// What a reload changes, for the log. Things are the same thing if they have the same name; where in the file they stand does
/// not matter.
public struct ReloadDifference: Sendable, Equatable {
    /// How many things of one kind.
    public struct Counts: Sendable, Equatable {
        public var added = 0
        public var removed = 0
        public var changed = 0

        init(added: Int = 0, removed: Int = 0, changed: Int = 0) {
            self.added = added
            self.removed = removed
            self.changed = changed
        }

        init<Thing: Equatable>(_ old: [Thing], _ new: [Thing], name: (Thing) -> String) {
            var before: [String: Thing] = [:]
            for thing in old { before[name(thing)] = thing }
            for thing in new {
                guard let same = before.removeValue(forKey: name(thing)) else {
                    added += 1
                    continue
                }
                if same != thing { changed += 1 }
            }
            removed = before.count
        }
    }

    public var listeners: Counts
    public var routes: Counts
    public var pools: Counts

    /// From the settings in force to those that replace them.
    public init(from old: Settings, to new: Settings) {
        listeners = Counts(old.listeners, new.listeners, name: \.name)
        routes = Counts(old.routes, new.routes, name: \.name)
        pools = Counts(old.pools, new.pools, name: \.name)
    }

    /// The keys whose new values a reload cannot put into force.
    ///
    /// - Parameter running: the settings that this process started with.
    public static func needingRestart(running: Settings, new: Settings) -> [String] {
        var keys: [String] = []
        if running.workers != new.workers { keys.append("workers") }
        if running.admin?.bind != new.admin?.bind { keys.append("admin.bind") }
        if running.admin?.token != new.admin?.token { keys.append("admin.token") }
        if running.log.file != new.log.file { keys.append("log.file") }
        if running.log.format != new.log.format { keys.append("log.format") }
        return keys
    }
}
