import Session
import Testing

@testable import DataPlane

@Suite struct HandshakeGateTests {
    private static func at(_ milliseconds: UInt64) -> Moment { Moment(nanoseconds: 1_000_000_000 + milliseconds * 1_000_000) }

    @Test func `a handshake counts from its beginning to its end, and its end is told once`() {
        var gate = HandshakeGate()
        gate.began(slot: 7, at: Self.at(0))
        gate.began(slot: 9, at: Self.at(1))
        #expect(gate.count == 2 && gate.ended(slot: 7) && gate.count == 1)
        #expect(!gate.ended(slot: 7) && !gate.ended(slot: 3) && gate.count == 1)
        #expect(gate.ended(slot: 9) && gate.isEmpty)
    }

    @Test func `whoever stalls counts for a second and no longer`() {
        var gate = HandshakeGate()
        gate.began(slot: 1, at: Self.at(0))
        gate.began(slot: 2, at: Self.at(500))
        #expect(gate.expire(at: Self.at(999)) == 0 && gate.count == 2)
        #expect(gate.expire(at: Self.at(1000)) == 1 && gate.count == 1)
        // It ends later, and must not be taken off a second time.
        #expect(!gate.ended(slot: 1) && gate.count == 1)
        #expect(gate.expire(at: Self.at(1500)) == 1 && gate.isEmpty && gate.expire(at: Self.at(9000)) == 0)
    }

    @Test func `a slot that somebody else has now is not let go with the one before`() {
        var gate = HandshakeGate()
        gate.began(slot: 2, at: Self.at(0))
        gate.began(slot: 1, at: Self.at(0))
        let isEnded = gate.ended(slot: 1)
        gate.began(slot: 1, at: Self.at(900))
        #expect(isEnded && gate.expire(at: Self.at(1100)) == 1 && gate.count == 1)
        #expect(gate.expire(at: Self.at(1899)) == 0 && gate.ended(slot: 1))
    }

    @Test func `ten thousand handshakes behind one that stalls leave nothing`() {
        var gate = HandshakeGate()
        gate.began(slot: 0, at: Self.at(0))
        for number in 1...10_000 {
            let now = Self.at(UInt64(number))
            gate.began(slot: number, at: now)
            let isEnded = gate.ended(slot: number)
            let expired = gate.expire(at: now)
            #expect(isEnded && expired == (number == 1000 ? 1 : 0))
        }
        #expect(gate.isEmpty)
    }
}
