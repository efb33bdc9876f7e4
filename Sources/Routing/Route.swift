/// One rule: requests for these hosts and paths, that arrive on these listeners, go to this target.
public struct Route<Target: Sendable>: Sendable {
    /// The name in logs and metric labels.
    public var name: String
    public var host: HostPattern
    public var path: PathPattern
    /// Names of the listeners the route is for; nil means all of them.
    public var listeners: Set<String>?
    /// What the table answers with.
    public var target: Target

    public init(name: String, host: HostPattern, path: PathPattern, listeners: Set<String>? = nil, target: Target) {
        self.name = name
        self.host = host
        self.path = path
        self.listeners = listeners
        self.target = target
    }

    /// True when requests of the named listener may take the route.
    public func serves(listener: String) -> Bool {
        listeners?.contains(listener) ?? true
    }
}
