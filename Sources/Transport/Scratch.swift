import TLS

/// A worker's one working area: every read lands here, is looked at here and is sent from here. Nothing in it belongs to a
/// connection once the turn is over.
public final class Scratch {
    /// Room in front of `plain`, where bytes held from an earlier read are put before what follows them.
    public static let headroom = 256

    /// Most bytes of one read.
    public let capacity: Int
    /// What a peer said, decrypted if need be.
    public let plain: UnsafeMutableRawPointer
    let plainCapacity: Int
    /// What the socket held, when that is not plain.
    let cipher: UnsafeMutableRawPointer
    public let tls: TLSMemory

    private let area: UnsafeMutableRawPointer

    public init(capacity: Int) {
        self.capacity = capacity
        // An engine may hold one unfinished record of an earlier read, which comes out together with this one.
        plainCapacity = capacity + 16 * 1024
        area = .allocate(byteCount: Self.headroom + plainCapacity, alignment: 64)
        plain = area + Self.headroom
        cipher = .allocate(byteCount: capacity, alignment: 64)
        // The records of one read's worth of bytes with their overhead, and room for a handshake flight or alerts beside.
        tls = TLSMemory(outputCapacity: capacity + capacity / 16 + 32 * 1024)
    }

    deinit {
        area.deallocate()
        cipher.deallocate()
    }
}
