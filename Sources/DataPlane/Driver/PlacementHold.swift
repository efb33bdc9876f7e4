/// A tunnel's share in a placement: given back once.
struct PlacementHold {
    let placements: Placements
    let key: UInt64
    /// The backend's.
    let number: Int

    func release() { placements.table.release(key, at: number) }
}
