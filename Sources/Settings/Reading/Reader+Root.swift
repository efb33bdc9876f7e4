import Wire

/// The file as a whole.
extension Reader {
    static let mostWorkers = 1024
    private static let rootKeys = [
        "workers", "listeners", "routes", "pools", "timeouts", "ping", "limits", "drain", "trusted_proxies",
        "forwarding", "resolver", "zone", "admin", "log",
    ]

    /// Nil, reported, only when the file is no mapping at all.
    mutating func settings(_ root: Element) -> Settings? {
        guard let fields = fields(root, keys: Self.rootKeys) else { return nil }
        let names = WrittenNames(fields)
        let listeners = listeners(fields)
        let timeouts = timeouts(fields["timeouts"])
        let pools = pools(fields, isRequired: names.needsPools, handshake: timeouts.handshake)
        let settings = Settings(
            workers: workers(fields["workers"]),
            listeners: listeners,
            routes: routes(fields, names: names),
            pools: pools,
            timeouts: timeouts,
            ping: ping(fields["ping"]),
            limits: limits(fields["limits"]),
            drain: drain(fields["drain"]),
            trustedProxies: trustedProxies(fields["trusted_proxies"]),
            admin: admin(fields["admin"]),
            log: log(fields["log"]),
            forwarding: forwarding(fields["forwarding"]),
            resolver: resolver(fields["resolver"]),
            zone: fields["zone"].flatMap { zoneName($0) })
        checkUse(settings)
        checkBinds(settings)
        checkZones(settings, written: fields["zone"])
        checkCookies(settings)
        return settings
    }

    private mutating func workers(_ element: Element?) -> Int? {
        guard let element, element.scalar != "auto" else { return nil }
        return integer(element, in: 1...Self.mostWorkers)
    }

    private mutating func trustedProxies(_ element: Element?) -> [CIDR] {
        guard let element, !element.isNothing else { return [] }
        guard let items = element.items else {
            error(
                element, "a list is wanted here, not \(element.value.kind)",
                remedy: "write [ 10.0.0.0/8 ], or [] for none")
            return []
        }
        return items.compactMap { item in
            let block = parsed(item) { text throws(TextProblem) in
                guard let block = CIDR(text) else {
                    throw TextProblem(
                        "`\(text.clipped)` is no CIDR block",
                        remedy: "write one like 10.0.0.0/8 or 2001:db8::/32, with no bits set behind the prefix")
                }
                return block
            }
            if block?.prefixLength == 0 {
                warn(
                    place(of: item), "every peer is believed",
                    remedy: "list the proxies that stand in front of this one")
            }
            return block
        }
    }
}
