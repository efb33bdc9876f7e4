/// Under what a placement hold is remembered: a key of one pool. Equal in all workers and all snapshots, so that a hold
/// outlives a reload. Keys are known by their hash alone: two that collide share a hold, as they share a backend anyway.
package struct PlacementKey: Sendable, Hashable {
    /// `StableHash` of the pool's name.
    package let pool: UInt64
    /// `KeyHash.value` of the request.
    package let key: UInt64

    package init(pool: UInt64, key: UInt64) {
        self.pool = pool
        self.key = key
    }

    package init(pool: String, key: UInt64) {
        self.init(pool: StableHash.hash(pool), key: key)
    }

    /// Which part of a table that is cut into `count` holds it: 0..<count, and 0 for a count below 1. Has nothing to do
    /// with the backend, so that the keys of one backend do not meet in one part.
    package func shard(among count: Int) -> Int {
        guard count > 1 else { return 0 }
        return Int(truncatingIfNeeded: StableHash.rehash(pool ^ StableHash.rehash(key, turn: 0), turn: 1) % UInt64(count))
    }
}
