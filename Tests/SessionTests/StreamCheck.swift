import Support

@testable import Session

/// Compares what one peer said with what the proxy sent to the other.
struct StreamCheck {
    private(set) var problems: [String] = []

    init(_ world: SimulatedWorld, from sender: Side) {
        let driver = world.driver
        let receiver = sender.other
        let marks = driver.marks[receiver]
        let sent = driver.sent[receiver]
        let name = "toward \(receiver)"
        // Ours taken out, with the places where ours lay.
        var passed: [UInt8] = []
        var places: [Int] = []
        var cursor = 0
        for mark in marks {
            passed += sent[cursor..<mark.range.lowerBound]
            places.append(passed.count)
            cursor = mark.range.upperBound
        }
        passed += sent[cursor...]

        if let last = marks.lastIndex(where: { $0.injection != .ping }) {
            if last != marks.count - 1 || marks[last].range.upperBound != sent.count {
                problems.append("\(name): something follows our close")
            }
        }
        let (boundaries, missing) = compare(passed, with: world, sender, name)
        for place in places where !boundaries.contains(place) {
            problems.append("\(name): a frame of ours lies inside another, at \(place)")
        }
        let hasNoClose = driver.closes(receiver).isEmpty && driver.closes(sender).isEmpty
        let isWhole = hasNoClose && !driver.relaying[receiver].isDead && !driver.relaying[sender].isMuted
        if isWhole, !driver.finWasEarly[receiver], missing > driver.held[sender].count {
            problems.append("\(name): \(missing) bytes are missing")
        }
    }

    /// Where frames of the sender begin and end in `passed`, and how many bytes read from it are not there. An answer to a ping of
    /// ours may be missing, and must be unless a later ping was sent before it came.
    private mutating func compare(_ passed: [UInt8], with world: SimulatedWorld, _ sender: Side, _ name: String) -> (Set<Int>, Int) {
        var boundaries: Set<Int> = [0]
        var position = 0
        var left = world.read[sender]
        var missing = 0
        var isGarbage = false
        for segment in world.peers[sender].script where left > 0 {
            let here = min(left, segment.bytes.count)
            left -= here
            let bytes = segment.bytes.prefix(here)
            let there = passed[position...].prefix(here)
            // The answer to a Close of ours goes no further either.
            let mayBeTaken = segment.answers != nil || (segment.isClose && !world.driver.closes(sender).isEmpty)
            if mayBeTaken, there.isEmpty || !there.elementsEqual(bytes) { continue }
            if let tag = segment.answers, !isGarbage, world.driver.tags[sender].last == tag, isTracked(world) {
                problems.append("\(name): the answer to our last ping was passed on")
            }
            guard there.elementsEqual(bytes.prefix(there.count)) else {
                problems.append("\(name): bytes differ behind \(position)")
                return (boundaries, missing)
            }
            position += there.count
            missing += here - there.count
            isGarbage = isGarbage || segment.isGarbage
            if here == segment.bytes.count, there.count == here, !isGarbage { boundaries.insert(position) }
        }
        if position != passed.count { problems.append("\(name): \(passed.count - position) bytes came from nowhere") }
        return (boundaries, missing)
    }

    private func isTracked(_ world: SimulatedWorld) -> Bool {
        !world.peers.client.hasSaidGarbage && !world.peers.backend.hasSaidGarbage
    }
}
