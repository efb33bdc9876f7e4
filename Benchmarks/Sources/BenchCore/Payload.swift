/// What messages and bodies are made of: no two neighbouring KiB are alike, so that a byte that got lost, doubled or misplaced shows.
package enum Payload {
    package static func pattern(_ count: Int) -> [UInt8] {
        (0 ..< count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7 &+ $0 >> 8) }
    }
}
