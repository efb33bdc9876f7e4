import Testing

@testable import Balancing

@Suite struct WaitingQueueTests {
    @Test func `first come, first served`() {
        var queue = WaitingQueue<String>(bound: 3)
        for name in ["a", "b", "c"] { #expect(queue.enqueue(name, deadline: 10) != nil) }
        #expect(queue.enqueue("d", deadline: 10) == nil)
        #expect(queue.popFirst() == "a")
        #expect(queue.enqueue("e", deadline: 10) != nil)
        #expect(queue.isFull)
        #expect(queue.removeAll() == ["b", "c", "e"])
        #expect(queue.isEmpty && queue.popFirst() == nil && queue.nextDeadline == nil)
    }

    @Test func `who gives up leaves at once, and once`() throws {
        var queue = WaitingQueue<String>(bound: 9)
        let tickets = ["a", "b", "c"].map { queue.enqueue($0, deadline: 10) }
        let middle = try #require(tickets[1])
        #expect(queue.remove(middle) == "b")
        #expect(queue.remove(middle) == nil)
        // The place goes to somebody else, whom the old ticket does not reach.
        #expect(queue.enqueue("d", deadline: 10) != nil)
        #expect(queue.remove(middle) == nil)
        #expect(queue.removeAll() == ["a", "c", "d"])
        #expect(queue.remove(middle) == nil)
    }

    @Test func `deadlines come in the order of arrival, and nextDeadline follows them`() {
        var queue = WaitingQueue<Int>(bound: 9)
        for deadline in [10, 20, 20, 30] as [UInt64] { _ = queue.enqueue(Int(deadline), deadline: deadline) }
        #expect(queue.nextDeadline == 10)
        #expect(queue.expire(at: 9) == [])
        #expect(queue.expire(at: 20) == [10, 20, 20])
        #expect(queue.nextDeadline == 30)
        #expect(queue.expire(at: .max) == [30])
        #expect(queue.nextDeadline == nil)
    }

    @Test func `one with a shorter deadline behind the others is not overlooked`() {
        var queue = WaitingQueue<String>(bound: 9)
        _ = queue.enqueue("long", deadline: 100)
        _ = queue.enqueue("short", deadline: 5)
        _ = queue.enqueue("late", deadline: 50)
        #expect(queue.expire(at: 5) == ["short"])
        #expect(queue.nextDeadline == 50)
        #expect(queue.expire(at: 100) == ["long", "late"])
    }

    @Test(arguments: [0, -1, Int.min])
    func `a bound of nobody takes nobody`(bound: Int) {
        var queue = WaitingQueue<Int>(bound: bound)
        #expect(queue.enqueue(1, deadline: 1) == nil)
        #expect(queue.popFirst() == nil && queue.expire(at: .max) == [])
    }

    @Test func `a smaller bound sends nobody away`() {
        var queue = WaitingQueue<Int>(bound: .max)
        for number in 0..<5 { _ = queue.enqueue(number, deadline: 1) }
        queue.bound = 2
        #expect(queue.count == 5)
        _ = queue.popFirst()
        #expect(queue.enqueue(9, deadline: 1) == nil)
        for _ in 0..<3 { _ = queue.popFirst() }
        #expect(queue.enqueue(9, deadline: 1) != nil)
        #expect(queue.removeAll() == [4, 9])
    }

    @Test func `places are used again, and an empty queue gives a burst's memory back`() {
        var queue = WaitingQueue<Int>(bound: 1000)
        for _ in 0..<5 {
            for number in 0..<100 { _ = queue.enqueue(number, deadline: 1) }
            for _ in 0..<99 { _ = queue.popFirst() }
        }
        #expect(queue.capacity <= 105)
        _ = queue.removeAll()
        #expect(queue.capacity == 0)
    }

    @Test func `who left is let go at once, by whichever way`() {
        final class Guest {}
        var queue = WaitingQueue<Guest>(bound: 10)
        weak var popped: Guest?
        weak var removed: Guest?
        weak var expired: Guest?
        func come(_ deadline: UInt64) -> (WaitingQueue<Guest>.Ticket?, Guest) {
            let guest = Guest()
            return (queue.enqueue(guest, deadline: deadline), guest)
        }
        do {
            let (_, first) = come(9)
            let (ticket, second) = come(9)
            let (_, third) = come(3)
            let (_, _) = come(9)
            (popped, removed, expired) = (first, second, third)
            _ = queue.popFirst()
            if let ticket { _ = queue.remove(ticket) }
            _ = queue.expire(at: 3)
        }
        #expect(popped == nil && removed == nil && expired == nil)
        #expect(queue.count == 1)
    }

    @Test(arguments: 0..<50)
    func `whatever comes and goes, it does what a plain list would`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let bound = Int.random(in: 1...40, using: &random)
        let isOrdered = Bool.random(using: &random)
        var queue = WaitingQueue<Int>(bound: bound)
        var model: [(element: Int, deadline: UInt64)] = []
        var tickets: [(ticket: WaitingQueue<Int>.Ticket, element: Int)] = []
        var now: UInt64 = 0
        for element in 0..<600 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<10:
                let deadline = now + (isOrdered ? 50 : UInt64.random(in: 0...100, using: &random))
                let ticket = queue.enqueue(element, deadline: deadline)
                #expect((ticket != nil) == (model.count < bound))
                if let ticket {
                    model.append((element, deadline))
                    tickets.append((ticket, element))
                }
            case 10..<14:
                // Old tickets too, again and again.
                guard let (ticket, element) = tickets.randomElement(using: &random) else { continue }
                let place = model.firstIndex { $0.element == element }
                #expect(queue.remove(ticket) == place.map { model.remove(at: $0).element })
            case 14..<17:
                let expected = model.isEmpty ? nil : model.removeFirst().element
                #expect(queue.popFirst() == expected)
            case 17..<19:
                now += UInt64.random(in: 0...30, using: &random)
                let due = model.filter { $0.deadline <= now }.map(\.element)
                model.removeAll { $0.deadline <= now }
                #expect(queue.expire(at: now) == due)
                #expect(model.isEmpty || queue.nextDeadline ?? 0 > now)
            default:
                guard Int.random(in: 0..<10, using: &random) == 0 else { continue }
                #expect(queue.removeAll() == model.map(\.element))
                model = []
            }
            #expect(queue.count == model.count)
            #expect(queue.capacity <= bound)
            let first = model.map(\.deadline).min()
            #expect((queue.nextDeadline == nil) == (first == nil))
            #expect(queue.nextDeadline ?? 0 <= first ?? 0)
        }
        #expect(queue.removeAll() == model.map(\.element))
    }
}
