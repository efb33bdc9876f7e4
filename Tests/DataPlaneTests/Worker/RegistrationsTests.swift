import Testing

@testable import DataPlane

@Suite struct RegistrationsTests {
    @Test func `a token finds what was registered, until it is removed`() throws {
        var registrations = Registrations()
        let first = registrations.insert(.listener, position: 7)
        let second = registrations.insert(.wakeup)
        #expect(first.token != second.token && first.slot != second.slot)
        let found = try #require(registrations.find(first.token))
        #expect(found.kind == .listener && found.position == 7)
        registrations.remove(first.slot)
        #expect(registrations.find(first.token) == nil && registrations.find(second.token)?.kind == .wakeup)
    }

    @Test func `an event on its way to a closed descriptor cannot reach whoever has the slot next`() {
        var registrations = Registrations()
        var stale: [UInt64] = []
        for _ in 0..<100 {
            let now = registrations.insert(.wakeup)
            #expect(now.slot == 0 && registrations.find(now.token) != nil && registrations.token(now.slot) == now.token)
            #expect(stale.allSatisfy { registrations.find($0) == nil })
            registrations.remove(now.slot)
            stale.append(now.token)
        }
    }

    @Test func `removing twice or what never was does nothing`() {
        var registrations = Registrations()
        let only = registrations.insert(.wakeup)
        registrations.remove(only.slot)
        registrations.remove(only.slot)
        registrations.remove(-1)
        registrations.remove(900)
        #expect(registrations.insert(.wakeup).slot == 0 && registrations.insert(.wakeup).slot == 1)
        #expect(registrations.find(UInt64.max) == nil && registrations.driver(atSlot: 900) == nil)
    }
}
