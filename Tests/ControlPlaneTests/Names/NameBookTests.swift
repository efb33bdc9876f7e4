import Support
import Testing
import Wire

@testable import ControlPlane

/// When to ask again, what is believed meanwhile, and what changed.
@Suite struct NameBookTests {
    private static let second: UInt64 = 1_000_000_000
    private let chat = NameQuestion.addresses("chat.test")
    private let service = NameQuestion.services("_ws._tcp.chat.test")

    /// A book with `questions`, all asked for at 0.
    private func book(_ questions: Set<NameQuestion>, interval: UInt64? = 30 * second) -> NameBook {
        var book = NameBook(interval: interval)
        book.watch(questions, interval: interval, at: 0)
        return book
    }

    private func good(_ texts: String..., ttl: UInt32 = 3600) -> NameAnswer { .found(texts.map { FoundAddress(ip($0), ttl: ttl) }) }

    private func place(
        _ text: String, _ port: UInt16 = 80, priority: UInt16 = 0, weight: UInt16 = 1, target: String = "a"
    ) -> FoundAddress {
        FoundAddress(ip(text), ttl: 60, service: ServiceRecord(priority: priority, weight: weight, port: port, target: target))
    }

    private func addresses(_ book: NameBook) -> [String] { book.found(chat).map { "\($0.address)" } }

    @Test func `a new question is due at once, and in no hurry once answered`() {
        var book = book([chat])
        #expect(book.due(at: 0) == [chat] && book.nextDue == 0)
        book.record([chat: good("192.0.2.1")], at: 5)
        #expect(book.due(at: 30 * Self.second + 4) == [] && book.due(at: 30 * Self.second + 5) == [chat])
        #expect(book.nextDue == 30 * Self.second + 5)
    }

    @Test func `the shortest TTL counts when it is shorter than the interval`() {
        var book = book([chat])
        book.record([chat: .found([FoundAddress(ip("192.0.2.1"), ttl: 20), FoundAddress(ip("192.0.2.2"), ttl: 7)])], at: 0)
        #expect(book.nextDue == 7 * Self.second)
        book.record([chat: good("192.0.2.1", ttl: 300)], at: 0)
        #expect(book.nextDue == 30 * Self.second)
    }

    @Test func `an interval below a second holds for any TTL and for failures`() {
        var book = book([chat], interval: 200)
        book.record([chat: good("192.0.2.1", ttl: 1)], at: 1000)
        #expect(book.nextDue == 1200)
        book.record([chat: .failed(.refused)], at: 2000)
        #expect(book.nextDue == 2200)
    }

    @Test func `a question that fails is asked again after 1, 2, 4... seconds, at most the interval, and the count starts anew`() {
        var book = book([chat])
        var waits: [UInt64] = []
        for now in 0..<100 as Range<UInt64> {
            book.record([chat: .failed(.timedOut)], at: now)
            waits.append((book.nextDue ?? 0) - now)
        }
        #expect(Array(waits.prefix(7)) == [1, 2, 4, 8, 16, 30, 30].map { $0 * Self.second })
        #expect(waits.dropFirst(7).allSatisfy { $0 == 30 * Self.second })
        book.record([chat: good("192.0.2.1")], at: 0)
        book.record([chat: .failed(.timedOut)], at: 0)
        #expect(book.nextDue == Self.second)
    }

    @Test func `without an interval a question is asked once, whatever comes of it`() {
        var book = book([chat, service], interval: nil)
        book.record([chat: good("192.0.2.1", ttl: 1), service: .failed(.noName)], at: 0)
        #expect(book.nextDue == nil && book.due(at: .max) == [])
        book.askAgain(at: 7)
        #expect(book.due(at: 7) == [chat, service])
    }

    @Test(arguments: NameFailure.allCases)
    func `B9: the last good answer stays, whatever the failure`(reason: NameFailure) {
        var book = book([chat])
        book.record([chat: good("192.0.2.1", "192.0.2.2")], at: 0)
        _ = book.takeChanges()
        book.record([chat: .failed(reason)], at: 1)
        #expect(addresses(book) == ["192.0.2.1", "192.0.2.2"] && book.failure(chat) == reason)
        let change = NameChange(question: chat, found: book.found(chat), news: .failing(reason))
        #expect(book.takeChanges() == [change])
        #expect(!change.hasMoved)
    }

    @Test func `an answer of nothing is a failure, and empties nothing`() {
        var book = book([chat])
        book.record([chat: good("192.0.2.1")], at: 0)
        book.record([chat: .found([])], at: 1)
        #expect(addresses(book) == ["192.0.2.1"] && book.failure(chat) == .noData)
    }

    @Test func `a family that is missing beside the other is believed gone when it is missing twice`() {
        var book = book([chat])
        book.record([chat: good("192.0.2.1", "2001:db8::1")], at: 0)
        book.record([chat: good("192.0.2.2")], at: 1)
        #expect(addresses(book) == ["192.0.2.2", "2001:db8::1"])
        #expect(book.nextDue == 1 + Self.second)
        book.record([chat: good("192.0.2.2")], at: 2)
        #expect(addresses(book) == ["192.0.2.2"])
        #expect(book.nextDue == 2 + 30 * Self.second)
        book.record([chat: good("2001:db8::1")], at: 3)
        #expect(addresses(book) == ["192.0.2.2", "2001:db8::1"])
    }

    @Test func `a failure between two answers without a family is no second answer`() {
        var book = book([chat])
        book.record([chat: good("192.0.2.1", "2001:db8::1")], at: 0)
        book.record([chat: .failed(.timedOut)], at: 1)
        book.record([chat: good("192.0.2.1")], at: 2)
        #expect(addresses(book) == ["192.0.2.1", "2001:db8::1"])
    }

    @Test func `an open target keeps its addresses under the record of today, and a target that is gone is gone`() {
        var book = book([service])
        let targets = [place("192.0.2.1", target: "a"), place("192.0.2.2", target: "b"), place("192.0.2.3", target: "c")]
        book.record([service: .found(targets)], at: 0)
        let today = ServiceRecord(priority: 9, weight: 9, port: 81, target: "b")
        book.record([service: .found([place("192.0.2.1")], open: [today])], at: 1)
        #expect(book.found(service) == [place("192.0.2.1"), place("192.0.2.2", 81, priority: 9, weight: 9, target: "b")])
    }

    @Test func `changes are told once: what came, what went, what has another record`() {
        var book = book([chat, service])
        book.record([chat: good("192.0.2.1"), service: .found([place("192.0.2.1"), place("192.0.2.2")])], at: 0)
        let first = book.takeChanges()
        #expect(first.map(\.question) == [service, chat] && first.allSatisfy { $0.news == .answered && $0.added == $0.found })
        #expect(book.takeChanges() == [])
        let heavier = place("192.0.2.1", weight: 5)
        book.record([chat: good("192.0.2.1", ttl: 5), service: .found([heavier, place("192.0.2.1", 81)])], at: 1)
        #expect(
            book.takeChanges() == [
                NameChange(
                    question: service, found: [heavier, place("192.0.2.1", 81)], added: [place("192.0.2.1", 81)],
                    removed: [place("192.0.2.2")], altered: [heavier])
            ])
        #expect(book.takeChanges() == [])
    }

    @Test func `two answers between two looks are one change, and there and back is none`() {
        var book = book([chat])
        book.record([chat: good("192.0.2.1")], at: 0)
        _ = book.takeChanges()
        book.record([chat: good("192.0.2.2")], at: 1)
        book.record([chat: .failed(.timedOut)], at: 2)
        book.record([chat: good("192.0.2.1")], at: 3)
        #expect(book.takeChanges() == [])
    }

    @Test func `a failure is told when it begins, not again when its reason changes, and when it ends`() {
        var book = book([chat])
        var told: [NameChange.News?] = []
        for answer: NameAnswer in [
            .failed(.timedOut), .failed(.timedOut), .failed(.refused), good("192.0.2.1"), good("192.0.2.1"), .failed(.noName),
            good("192.0.2.1"),
        ] {
            book.record([chat: answer], at: 0)
            told.append(book.takeChanges().first?.news)
        }
        #expect(told == [.failing(.timedOut), nil, nil, .answered, nil, .failing(.noName), .answered])
    }

    @Test func `another order, or an address twice, is no change`() {
        var book = book([chat])
        book.record([chat: good("192.0.2.1", "192.0.2.2")], at: 0)
        _ = book.takeChanges()
        book.record([chat: good("192.0.2.2", "192.0.2.1", "192.0.2.2")], at: 1)
        #expect(book.takeChanges() == [] && addresses(book) == ["192.0.2.1", "192.0.2.2"])
    }

    @Test func `other questions leave what stays alone; what is left out is forgotten`() {
        var book = book([chat, service])
        book.record([chat: good("192.0.2.1"), service: .failed(.noName)], at: 0)
        _ = book.takeChanges()
        let other = NameQuestion.addresses("other.test")
        book.watch([chat, other], interval: 30 * Self.second, at: 3)
        #expect(book.questions == [chat, other] && book.due(at: 3) == [other] && addresses(book) == ["192.0.2.1"])
        #expect(book.takeChanges() == [])
        book.record([service: .found([place("192.0.2.1")])], at: 4)
        #expect(book.found(service) == [] && book.failure(service) == nil)
    }

    @Test func `another interval counts at once`() {
        var book = book([chat], interval: nil)
        book.record([chat: good("192.0.2.1")], at: 0)
        book.watch([chat], interval: Self.second, at: 9)
        #expect(book.due(at: 9) == [chat])
    }

    @Test func `the end of time is not passed`() {
        var book = book([chat], interval: .max)
        book.record([chat: good("192.0.2.1")], at: .max - 1)
        #expect(book.nextDue == .max)
        book.record([chat: .failed(.timedOut)], at: .max - 1)
        #expect(book.nextDue == .max)
    }

    @Test(arguments: Seeds.upTo(20))
    func `over any sequence of answers the changes add up to the answer that is believed`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var book = book([chat])
        var told: Set<IPAddress> = []
        var expected: Set<IPAddress> = []
        for now in 0..<300 as Range<UInt64> {
            if random.chance(percent: 40) {
                book.record([chat: .failed(.serverFailed)], at: now)
            } else {
                let some = (1...9).filter { _ in random.chance(percent: 50) }.map { ip("192.0.2.\($0)") }
                if !some.isEmpty { expected = Set(some) }
                book.record([chat: .found(some.map { FoundAddress($0, ttl: UInt32(random.below(9))) })], at: now)
            }
            if random.chance(percent: 60) {
                for change in book.takeChanges() {
                    #expect(told.isSuperset(of: change.removed.map(\.address)) && told.isDisjoint(with: change.added.map(\.address)))
                    told.subtract(change.removed.map(\.address))
                    told.formUnion(change.added.map(\.address))
                }
                #expect(told == expected)
            }
            #expect(Set(book.found(chat).map(\.address)) == expected && book.nextDue.map { $0 > now } == true)
        }
    }
}
