import Synchronization
import Testing

@testable import DataPlane

@Suite struct PoolPlacesTests {
    @Test func `no more places are taken than there are, and each comes back`() {
        let places = PoolPlaces(workers: 2)
        #expect(places.take(limit: 2) && places.take(limit: 2) && !places.take(limit: 2) && places.used == 2)
        #expect(places.isFull(limit: 2) && !places.isFull(limit: 3) && !places.isFull(limit: nil))
        places.release()
        #expect(!places.isFull(limit: 2) && places.take(limit: 2))
        places.giveBack()
        places.release()
        #expect(places.used == 0 && places.take(limit: nil) && places.used == 1)
    }

    private final class Counts: Sendable {
        let most = Atomic<Int>(0)
        let held = Atomic<Int>(0)
    }

    @Test func `eight threads never hold more places than the bound, and leave none taken`() async {
        let places = PoolPlaces(workers: 1)
        let counts = Counts()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<5000 where places.take(limit: 3) {
                        let now = counts.held.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
                        _ = counts.most.max(now, ordering: .relaxed)
                        counts.held.wrappingSubtract(1, ordering: .sequentiallyConsistent)
                        places.release()
                    }
                }
            }
        }
        #expect(places.used == 0 && (1...3).contains(counts.most.load(ordering: .relaxed)))
    }

    @Test func `no more wait than may`() {
        let places = PoolPlaces(workers: 1)
        #expect(places.join(bound: 2) && places.join(bound: 2) && !places.join(bound: 2) && places.waiting == 2)
        places.leave()
        #expect(!places.hasPlainWaiting && places.join(bound: 2, isPlain: true) && places.waiting == 2)
        // Who was turned away is no longer counted.
        #expect(!places.join(bound: 2, isPlain: true) && places.hasPlainWaiting)
        places.leave(isPlain: true)
        #expect(!places.hasPlainWaiting && places.waiting == 1)
    }

    @Test func `a place that comes free is told to the line whose first has waited longest, once`() throws {
        let places = PoolPlaces(workers: 3)
        let marks = try (0..<3).map { try #require(places.mark(of: $0)) }
        #expect(places.mark(of: 3) == nil && places.mark(of: -1) == nil)
        marks[0].begin(30, choosy: nil)
        marks[2].begin(10, choosy: nil)
        // Nobody waits, as far as the count says: nobody is told.
        places.placeMayBeFree()
        #expect(marks.allSatisfy { !$0.takeDue() })
        #expect(places.join(bound: 9) && places.join(bound: 9))
        #expect(places.take(limit: nil))
        places.release()
        #expect(!marks[0].takeDue() && marks[2].takeDue() && !marks[2].takeDue())
        #expect(places.tellElder(than: 30, besides: marks[0], in: places.event) && marks[2].takeDue())
        #expect(!places.tellElder(than: 10, besides: marks[2], in: places.event) && !marks[2].takeDue())
        marks[2].begin(nil, choosy: nil)
        places.placeMayBeFree()
        #expect(marks[0].takeDue())
    }

    @Test func `a first one who looked in vain keeps nobody waiting, until something else comes free or another is the first`() throws {
        let places = PoolPlaces(workers: 2)
        let (one, other) = (try #require(places.mark(of: 0)), try #require(places.mark(of: 1)))
        one.begin(10, choosy: nil)
        other.begin(20, choosy: nil)
        #expect(places.join(bound: 9) && places.join(bound: 9))
        let event = places.event
        one.firstPassed(in: event)
        #expect(!places.tellElder(than: 20, besides: other, in: event) && !one.takeDue())
        places.passOn(event)
        #expect(!one.takeDue() && other.takeDue())
        // Nobody is told again and again.
        other.firstPassed(in: event)
        places.passOn(event)
        #expect(!one.takeDue() && !other.takeDue())
        // Who came first is the first again with the next event.
        places.placeMayBeFree()
        #expect(one.takeDue() && !other.takeDue() && places.tellElder(than: 20, besides: other, in: places.event))
        // Who stands behind it has not looked.
        one.firstPassed(in: places.event)
        one.begin(15, choosy: nil)
        #expect(places.tellElder(than: 20, besides: other, in: places.event))
    }

    @Test func `choosy ones who looked in vain keep nobody waiting, until something else comes free`() throws {
        let places = PoolPlaces(workers: 2)
        let (one, other) = (try #require(places.mark(of: 0)), try #require(places.mark(of: 1)))
        one.begin(nil, choosy: 10)
        other.begin(20, choosy: nil)
        #expect(places.join(bound: 9) && places.join(bound: 9))
        // Its turn, as it came first.
        places.placeMayBeFree()
        #expect(one.takeDue() && !other.takeDue())
        let event = places.event
        #expect(places.tellElder(than: 20, besides: other, in: event) && one.takeDue())
        one.choosyPassed(in: event)
        #expect(!places.tellElder(than: 20, besides: other, in: event) && !one.takeDue())
        places.passOn(event)
        #expect(!one.takeDue() && other.takeDue())
        // Those behind them in the same line count as before.
        one.begin(15, choosy: 10)
        places.passOn(event)
        #expect(one.takeDue() && !other.takeDue())
        one.begin(nil, choosy: 10)
        places.placeMayBeFree()
        #expect(one.takeDue() && !other.takeDue() && places.event != event)
        // When all have passed, nobody is told again and again.
        one.choosyPassed(in: places.event)
        other.begin(nil, choosy: 20)
        other.choosyPassed(in: places.event)
        places.passOn(places.event)
        #expect(!one.takeDue() && !other.takeDue())
    }
}
