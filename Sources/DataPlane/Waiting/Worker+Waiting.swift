import Session
import Telemetry

/// The waiting lines of a worker, one for each pool where somebody had to wait.
struct WaitingLines {
    var all: [WaitingLine] = []
    /// When all of them look again, told or not.
    var nextLook = Moment(nanoseconds: 0)
}

/// A line looks for places when it was told that one came free or that a backend stands otherwise, when somebody joined it, and every
/// 100 ms besides: that a backend starts less slowly, nobody says.
extension Worker {
    private static let lookInterval = Moment.Span(nanoseconds: 100_000_000)
    /// How many of the choosy ones, or of those behind the first, look at once.
    private static let mostAtOnce = 32

    /// The line of a pool; the first who waits makes it.
    func line(of places: PoolPlaces) -> WaitingLine? {
        if let known = lines.all.first(where: { $0.places === places }) { return known }
        guard let mark = places.mark(of: handle.index) else { return nil }
        mark.belongs(to: handle)
        let line = WaitingLine(places, mark: mark)
        lines.all.append(line)
        return line
    }

    /// Milliseconds until a line wants to be looked at; nil while nobody waits.
    var waitForLines: Int32? {
        var next: UInt64?
        for line in lines.all where !line.isEmpty {
            next = min(next ?? .max, min(line.nextDeadline ?? .max, lines.nextLook.nanoseconds))
        }
        guard let next else { return nil }
        guard next > now.nanoseconds else { return 0 }
        return Int32(truncatingIfNeeded: min((next - now.nanoseconds) / 1_000_000 + 1, 60_000))
    }

    /// Before the other deadlines: who waited in vain hears of it as that, whatever else is too late for it.
    func expireLines() {
        for line in lines.all {
            for driver in line.expire(at: now) { driver.waitedInVain() }
        }
    }

    /// At the end of a turn, when nobody is in the middle of anything.
    func serveLines() {
        guard !lines.all.isEmpty else { return }
        let isTime = lines.nextLook <= now
        if isTime { lines.nextLook = now.after(Self.lookInterval) }
        for line in lines.all {
            let isDue = line.mark.takeDue()
            guard isDue || (isTime && !line.isEmpty) else { continue }
            serve(line)
        }
    }

    private func serve(_ line: WaitingLine) {
        let event = line.places.event
        serveChoosy(line, event)
        while let driver = line.first, let spot = driver.current?.spot {
            // Across workers, too, who came first is served first.
            guard !line.places.tellElder(than: spot.began.nanoseconds, besides: line.mark, in: event) else { return }
            driver.placeMayBeFree()
            guard line.first === driver else { continue }
            // A dial that failed at once has made it choosy.
            if driver.isChoosy || driver.isLeftBehind {
                driver.standAside()
                continue
            }
            // Most often there is nothing for anybody.
            guard line.places.hasPlainWaiting, driver.isInNeedOfDials else { return }
            line.mark.firstPassed(in: event)
            serveFromKept(line)
            break
        }
        // The word may have been for somebody who has left, or who had no use for it: another worker's turn.
        line.places.passOn(event)
    }

    /// A kept connection serves whom it may, however many wait for a dial before them.
    private func serveFromKept(_ line: WaitingLine) {
        let followers = line.firstPlain(Self.mostAtOnce)
        for follower in followers {
            if follower.isInNeedOfNothing { follower.placeMayBeFree() }
            follower.leaveKeptRow()
        }
        // There may be connections for more of them.
        if followers.count == Self.mostAtOnce, followers.allSatisfy({ $0.current?.spot == nil }) { line.mark.tell() }
    }

    /// They had a place at some backend before the others, and look before them, wherever those wait: two lines that deferred to each other
    /// by different rows would do so for ever.
    private func serveChoosy(_ line: WaitingLine, _ event: UInt64) {
        line.mark.choosyPassed(in: event)
        let choosy = line.firstChoosy(Self.mostAtOnce)
        for driver in choosy where driver.current?.spot != nil { driver.placeMayBeFree() }
        // With so many of them the others have the next look.
        if choosy.count == Self.mostAtOnce { for driver in choosy { driver.standAside() } }
    }

    // MARK: Drain and reload

    /// No tunnel opens in a drain; plain requests wait on, for as long as they may.
    func refuseWaitingUpgrades() {
        for line in lines.all {
            for driver in line.all where driver.current?.exchange.isUpgrade == true { driver.refuseDraining() }
        }
    }

    /// Nobody waits there, and by this snapshot nobody will. A wakeup on its way is no loss: who comes after all, by an older
    /// snapshot, makes the line anew, with the mark that the pool's places have for it.
    func dropLines() {
        lines.all.removeAll { line in line.isEmpty && !snapshot.pools.values.contains { $0.places === line.places } }
    }

    /// A reload may have brought what they wait for. Who waits keeps its place in the line, and looks among the new backends.
    func rerouteWaiting() {
        for line in lines.all where !line.isEmpty {
            for driver in line.all { driver.reroute() }
            line.mark.note()
        }
    }
}
