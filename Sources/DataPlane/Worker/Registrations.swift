import CLinux

/// What a token from epoll stands for. A token carries the slot's generation, so that an event that was already on its way
/// when a descriptor was closed cannot reach whoever has the slot next.
struct Registrations {
    enum Kind: UInt8 {
        case free, wakeup, listener, client, backend
        /// A backend's connection that waits for another exchange.
        case kept
    }

    struct Slot {
        var generation: UInt32 = 0
        var kind = Kind.free
        /// Of a listener: its position in the worker's list.
        var position: Int32 = 0
        /// A driver, or a kept connection. Not retained: either takes its slots back before it goes.
        fileprivate var owner: UnsafeRawPointer?

        /// Of a slot of kind `client` or `backend`.
        @inline(__always)
        var driver: Unmanaged<SessionDriver>? { kind == .kept ? nil : owner.map { Unmanaged.fromOpaque($0) } }
        /// Of a slot of kind `kept`.
        var connection: Unmanaged<KeptConnection>? { kind == .kept ? owner.map { Unmanaged.fromOpaque($0) } : nil }
    }

    private var slots: [Slot] = []
    private var free: [Int32] = []

    mutating func insert(_ kind: Kind, driver: Unmanaged<SessionDriver>? = nil, position: Int = 0) -> (slot: Int, token: UInt64) {
        let slot: Int
        if let reused = free.popLast() {
            slot = Int(reused)
        } else {
            slot = slots.count
            slots.append(Slot())
        }
        slots[slot].kind = kind
        slots[slot].owner = driver.map { UnsafeRawPointer($0.toOpaque()) }
        slots[slot].position = Int32(truncatingIfNeeded: position)
        return (slot, token(slot))
    }

    /// Gives a backend's slot to another owner; its token stays, and with it what epoll knows.
    mutating func assign(_ slot: Int, to driver: SessionDriver) {
        assign(slot, .backend, UnsafeRawPointer(Unmanaged.passUnretained(driver).toOpaque()))
    }

    mutating func assign(_ slot: Int, to connection: KeptConnection) {
        assign(slot, .kept, UnsafeRawPointer(Unmanaged.passUnretained(connection).toOpaque()))
    }

    private mutating func assign(_ slot: Int, _ kind: Kind, _ owner: UnsafeRawPointer) {
        guard slots.indices.contains(slot) else { return }
        slots[slot].kind = kind
        slots[slot].owner = owner
    }

    /// What stands at a slot.
    func kind(atSlot slot: Int) -> Kind { slot < slots.count ? slots[slot].kind : .free }

    func connection(atSlot slot: Int) -> KeptConnection? {
        slot < slots.count ? slots[slot].connection?.takeUnretainedValue() : nil
    }

    mutating func remove(_ slot: Int) {
        guard slots.indices.contains(slot), slots[slot].kind != .free else { return }
        slots[slot].generation &+= 1
        slots[slot].kind = .free
        slots[slot].owner = nil
        free.append(Int32(truncatingIfNeeded: slot))
    }

    func token(_ slot: Int) -> UInt64 {
        UInt64(slots[slot].generation) << 32 | UInt64(UInt32(truncatingIfNeeded: slot))
    }

    /// nil for an event that came too late.
    @inline(__always)
    func find(_ token: UInt64) -> Slot? {
        let slot = Int(UInt32(truncatingIfNeeded: token))
        guard slot < slots.count, slots[slot].generation == UInt32(truncatingIfNeeded: token >> 32) else { return nil }
        return slots[slot]
    }

    /// A hint to the processor that a token's driver is needed soon: those of its lines that a message touches.
    @inline(__always)
    func fetchOwner(_ token: UInt64) {
        let slot = Int(UInt32(truncatingIfNeeded: token))
        guard slot < slots.count, let owner = slots[slot].owner else { return }
        cl_fetch(owner, SessionDriver.linesOfAMessage)
    }

    @inline(__always)
    func driver(atSlot slot: Int) -> Unmanaged<SessionDriver>? { slot < slots.count ? slots[slot].driver : nil }
}
