import Glibc

/// Which runs of a simulation to make: all of them, or the one that `TIDEGATE_SEED` names.
package enum Seeds {
    package static func upTo(_ count: UInt64) -> [UInt64] {
        if let text = getenv("TIDEGATE_SEED"), let seed = UInt64(String(cString: text)) { return [seed] }
        return Array(0..<count)
    }
}
