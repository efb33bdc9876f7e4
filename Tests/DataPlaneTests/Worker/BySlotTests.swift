import Support
import Testing

@testable import DataPlane

@Suite("What belongs to slots")
struct BySlotTests {
    @Test("it is counted once: set, replaced, taken away, and taken away again")
    func counts() {
        var places = BySlot<String>()
        #expect(places.isEmpty && places[0] == nil && places[9] == nil)
        places[3] = "a"
        places[0] = "b"
        #expect(places.count == 2 && places[3] == "a" && places[2] == nil && places.values == ["b", "a"])
        places[3] = "c"
        #expect(places.count == 2 && places.values == ["b", "c"])
        places[3] = nil
        places[3] = nil
        places[70] = nil
        #expect(places.count == 1 && places.values == ["b"])
        places[0] = nil
        #expect(places.isEmpty && places.values.isEmpty)
    }

    @Test("it holds what a dictionary holds", arguments: Seeds.upTo(20))
    func asDictionary(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var places = BySlot<Int>()
        var model: [Int: Int] = [:]
        for step in 0..<500 {
            let slot = random.below(20)
            let value = random.chance(percent: 40) ? nil : step
            places[slot] = value
            model[slot] = value
            #expect(places.count == model.count && places[slot] == value)
        }
        #expect(places.values == model.sorted { $0.key < $1.key }.map(\.value))
    }
}
