/// What a configuration names: the meters of everything else may go once nothing uses them.
public struct ConfiguredNames: Sendable {
    public var listeners: Set<String> = []
    public var routes: Set<String> = []
    public var pools: Set<String> = []
    public var backends: Set<BackendKey> = []
    public var tunnels: Set<TunnelKey> = []

    public init() {}
}
