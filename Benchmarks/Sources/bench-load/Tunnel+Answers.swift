import BenchCore

extension Tunnel {
    /// Takes in bytes of answers to plain requests: each must be a 200 with exactly the expected body.
    func takeAnswers(_ bytes: UnsafeRawBufferPointer, in load: Load) {
        load.receivedBytes += UInt64(bytes.count)
        var cursor = 0
        do {
            while stage == .open, let event = try answers.next(in: bytes, cursor: &cursor) {
                switch event {
                case .head(let status, _):
                    if status != 200 { return fail("status \(status)", in: load) }
                case .body(let start, let count, let ended):
                    takeData(UnsafeRawBufferPointer(rebasing: bytes[start ..< start + count]), ended, in: load)
                }
            }
        } catch {
            fail("framing", in: load)
        }
    }
}
