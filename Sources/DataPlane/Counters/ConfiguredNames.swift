/// What a configuration names: the meters of everything else may go once nothing uses them.
package struct ConfiguredNames: Sendable {
    package var listeners: Set<String> = []
    package var routes: Set<String> = []
    package var pools: Set<String> = []
    package var backends: Set<BackendKey> = []
    package var tunnels: Set<TunnelKey> = []

    package init() {}
}
