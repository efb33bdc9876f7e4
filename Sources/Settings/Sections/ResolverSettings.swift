/// How names of backends are resolved.
package struct ResolverSettings: Sendable, Hashable {
    /// How often names are asked for again; nil is at the start and at reloads only.
    package var interval: Duration?

    package init(interval: Duration? = .seconds(30)) {
        self.interval = interval
    }
}
