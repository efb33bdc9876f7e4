/// Where a worker's TLS engines read ciphertext from and put ciphertext: two areas shared by all of them, one engine at a time.
///
/// ONE per worker thread; it never leaves that thread. Before calling an engine, set `input` to what was just received; after
/// each call look at `outputCount`. An engine must have used up its input (`.wantsInput`) before the next one's turn, or the
/// caller keeps the rest: what an engine holds of its own is at most one unfinished record.
///
/// The hot fields live in one raw block, so that OpenSSL's callbacks touch plain memory: no object, no reference count, no
/// allocation per call.
public final class TLSMemory {
    /// Beyond the capacity that `write` respects: room for what a handshake, an alert or a KeyUpdate answer says, so
    /// that none of them ever finds the output full. A certificate chain is a few KiB; pages nobody touches cost nothing.
    private static let reserve = 128 * 1024

    let storage: UnsafeMutablePointer<TLSMemoryStorage>

    /// - Parameter outputCapacity: bytes of ciphertext that writes may put into the output before `.outputFull`; raised to
    ///   20 KiB, one whole record and a little, if it is less.
    public init(outputCapacity: Int) {
        let capacity = min(max(outputCapacity, 20 * 1024), 1 << 30)
        let limit = capacity + Self.reserve
        storage = .allocate(capacity: 1)
        storage.initialize(
            to: TLSMemoryStorage(
                output: .allocate(byteCount: limit, alignment: 64), writeLimit: capacity, outputLimit: limit))
    }

    deinit {
        storage.pointee.output.deallocate()
        storage.deinitialize(count: 1)
        storage.deallocate()
    }

    /// The ciphertext just received. The memory must stay put while engines are called. Reading it back tells what is not used yet.
    public var input: UnsafeRawBufferPointer {
        get {
            UnsafeRawBufferPointer(
                start: storage.pointee.input?.advanced(by: storage.pointee.inputConsumed), count: storage.pointee.inputRemaining)
        }
        set {
            storage.pointee.input = newValue.baseAddress
            storage.pointee.inputCount = newValue.count
            storage.pointee.inputConsumed = 0
        }
    }

    /// How many bytes of the input engines have taken since it was set.
    public var inputConsumed: Int { storage.pointee.inputConsumed }

    /// Where the ciphertext to send begins. Always the same address.
    public var output: UnsafeMutableRawPointer { storage.pointee.output }

    /// How many bytes there are to send.
    public var outputCount: Int { storage.pointee.outputCount }

    /// The ciphertext to send. Valid until the next call of an engine.
    public var outputBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: storage.pointee.output, count: storage.pointee.outputCount)
    }

    /// Puts `bytes`, which were taken from the output earlier, in front of what it holds now. False, and nothing is changed, when they
    /// do not fit, which a ticket does.
    public func putInFront(_ bytes: [UInt8]) -> Bool {
        let (output, count) = (storage.pointee.output, storage.pointee.outputCount)
        guard bytes.count <= storage.pointee.outputLimit &- count else { return false }
        (output + bytes.count).copyMemory(from: output, byteCount: count)
        bytes.withUnsafeBytes { if let source = $0.baseAddress { output.copyMemory(from: source, byteCount: $0.count) } }
        storage.pointee.outputCount = count &+ bytes.count
        return true
    }

    /// Forgets the output: it was sent, or copied away.
    public func resetOutput() { storage.pointee.outputCount = 0 }
}

/// The fields of `TLSMemory` that OpenSSL's callbacks work on.
struct TLSMemoryStorage {
    var input: UnsafeRawPointer?
    var inputCount = 0
    var inputConsumed = 0
    /// Set when OpenSSL asked for input and there was none: tells "wants more" from "used up a record that held no data".
    var wasStarved = false
    let output: UnsafeMutableRawPointer
    var outputCount = 0
    /// How far `TLSEngine.write` may fill the output.
    let writeLimit: Int
    /// How large the output is.
    let outputLimit: Int

    init(output: UnsafeMutableRawPointer, writeLimit: Int, outputLimit: Int) {
        self.output = output
        self.writeLimit = writeLimit
        self.outputLimit = outputLimit
    }

    var inputRemaining: Int { inputCount &- inputConsumed }
}
