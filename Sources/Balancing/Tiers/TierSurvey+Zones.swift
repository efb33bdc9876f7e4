/// The proxy's own zone comes first, and spills over when it is ill.
///
/// - While 70% of the zone's configured weight or more can be used, all goes to it. Below, it gets what it has of
///   these 70%, and the rest goes to the other zones: with half of it gone, 5 in 7 stay. There is no jump anywhere, so
///   a zone on the brink does not swing.
/// - When all that can be used there are full or were tried, the others take over, and the other way round.
/// - A backend in slow start counts whole: else a zone that was deployed afresh would send nearly all away.
extension TierSurvey {
    /// So much of the zone's weight carries the zone's traffic alone, in percent.
    private static let enough = 70

    /// Whether some of these are in the proxy's zone and some are not, so that there is something to prefer.
    func isMixed(_ open: IndexSet) -> Bool {
        guard !remote.isEmpty else { return false }
        return !open.subtracting(remote).isEmpty && !open.intersection(remote).isEmpty
    }

    /// How much of the traffic stays in the zone, in thousandths.
    func localShare(isPanic: Bool) -> Int {
        let usable = isPanic ? localReady : localWell
        guard usable * 100 < localWeight * Self.enough else { return 1000 }
        // Below the bound the divisor is above zero.
        return usable * 100 * 1000 / (localWeight * Self.enough)
    }

    func local(_ open: IndexSet) -> IndexSet { open.subtracting(remote) }

    func remote(_ open: IndexSet) -> IndexSet { open.intersection(remote) }
}
