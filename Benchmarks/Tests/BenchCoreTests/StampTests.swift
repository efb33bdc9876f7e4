import Testing

@testable import BenchCore

struct StampTests {
    @Test(arguments: [0, 16, 300])
    func `a payload begins with its stamp`(count: Int) {
        let stamp = Stamp(sequence: 7, sentAt: .max - 3)
        let payload = stamp.payload(count)
        #expect(payload.count == max(16, count))
        #expect(Stamp(Array(payload.prefix(Stamp.size))) == stamp)
    }

    @Test(arguments: [0, 15, 17])
    func `a stamp of another size is none`(count: Int) {
        #expect(Stamp([UInt8](repeating: 1, count: count)) == nil)
    }
}
