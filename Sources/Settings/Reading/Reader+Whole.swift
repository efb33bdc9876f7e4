import Wire

/// What only the whole file can tell: parts that nothing leads to, places taken twice.
extension Reader {
    /// Warns of pools and listeners that no request can reach, and of routes where none arrives.
    mutating func checkUse(_ settings: Settings) {
        let usedPools = Set(settings.routes.compactMap(\.pool))
        for pool in settings.pools where !usedPools.contains(pool.name) {
            warn(
                pool.source, "no route leads to this pool",
                remedy: "remove it, or write a route with pool: \(pool.name)")
        }
        let redirecting = Set(settings.listeners.filter { $0.redirectPort != nil }.map(\.name))
        // What a trusted proxy has taken over TLS is not redirected.
        for route in settings.routes where settings.trustedProxies.isEmpty {
            for name in route.listeners ?? [] where redirecting.contains(name) {
                warn(
                    route.source, "the listener `\(name)` redirects every request, it asks no route",
                    remedy: "take it out of `listeners`, remove its redirect_to_https, or list the proxies in front in `trusted_proxies`")
            }
        }
        guard settings.routes.allSatisfy({ $0.listeners != nil }) else { return }
        let usedListeners = Set(settings.routes.flatMap { $0.listeners ?? [] })
        for listener in settings.listeners
        where listener.redirectPort == nil && !usedListeners.contains(listener.name) {
            warn(
                listener.source, "no route serves this listener",
                remedy: "remove it, or add it to the `listeners` of a route")
        }
    }

    /// Zones of backends mean something only beside that of the proxy.
    ///
    /// - Parameter written: that of the proxy, even one that was refused.
    mutating func checkZones(_ settings: Settings, written: Element?) {
        let backends = settings.pools.flatMap(\.backends)
        if let written {
            // One that was refused may be in that zone.
            guard errors.isEmpty, let zone = settings.zone, !backends.contains(where: { $0.zone == zone }) else { return }
            warn(
                place(of: written), "no backend is in this zone, so none is preferred",
                remedy: "write zone: \(zone) at the backends that stand there, or remove it")
        } else if let backend = backends.first(where: { $0.zone != nil }) {
            warn(
                backend.source, "zones of backends are not looked at, as this proxy has none",
                remedy: "write zone: NAME at the top of the file, or remove those of the backends")
        }
    }

    /// Warns of cookies that browsers do not keep: those for requests from all sites have to be secure, which `auto` makes them only by
    /// TLS. Who comes by way of a trusted proxy may have come by TLS.
    mutating func checkCookies(_ settings: Settings) {
        guard settings.trustedProxies.isEmpty else { return }
        let pools = settings.pools.filter { pool in
            pool.sticky.map { $0.cookie.sameSite == .none && $0.cookie.secure == .auto } ?? false
        }
        let plain = settings.listeners.filter { $0.tls == nil && $0.redirectPort == nil }.map(\.name)
        for route in settings.routes where pools.contains(where: { $0.name == route.pool }) {
            guard let listener = plain.first(where: { route.listeners?.contains($0) ?? true }) else { continue }
            warn(
                route.source,
                "browsers refuse the cookie of `sticky`, of `same_site: none`, where it comes by the listener `\(listener)` without TLS",
                remedy: "leave the listener out of the route's `listeners`, or write same_site: lax, or secure: true if TLS ends before it")
        }
    }

    /// Two sockets on one place, or one on an address and one on all addresses of the family: the second bind fails.
    mutating func checkBinds(_ settings: Settings) {
        var taken: [BindAddress: String] = [:]
        var byPort: [Port: [(address: IPAddress, name: String)]] = [:]
        var places = settings.listeners.map { (bind: $0.bind, name: "listener \($0.name)", source: $0.source) }
        if let admin = settings.admin {
            places.append((admin.bind, "the admin endpoint", admin.source))
        }
        for (bind, name, source) in places {
            let place = source.file.isEmpty ? SourcePlace(file: file, line: nil, path: "admin") : source
            if let other = taken[bind] {
                error(place, "\(bind) is taken by \(other)", remedy: "choose another address or port")
                continue
            }
            taken[bind] = name
            guard case .ip(let address, let number) = bind else { continue }
            let port = Port(number: number, isIPv4: address.isIPv4)
            if let other = byPort[port]?.first(where: { $0.address.isUnspecified || address.isUnspecified }) {
                error(
                    place, "\(bind) overlaps with \(other.name) on \(other.address)",
                    remedy: "choose another port, or bind each to an address of its own")
            }
            byPort[port, default: []].append((address, name))
        }
    }
}

/// A port of one family.
private struct Port: Hashable {
    let number: UInt16
    let isIPv4: Bool
}
