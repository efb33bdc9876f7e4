import COpenSSL
import Glibc

/// One key of `TicketKeys`: 16 bytes of name, 32 of AES-256, 32 of HMAC-SHA-256; wiped when nobody holds it.
///
/// Sendable: the block is filled in `init` and only read afterwards, until `deinit`, when nobody else has it.
final class TicketKey: @unchecked Sendable {
    static let nameCount = 16
    static let secretCount = 32
    private static let count = nameCount + 2 * secretCount

    private let bytes: UnsafeMutablePointer<UInt8>
    /// False when the system gave no randomness; such a key seals nothing.
    let isUsable: Bool

    init() {
        bytes = .allocate(capacity: Self.count)
        bytes.initialize(repeating: 0, count: Self.count)
        isUsable = RAND_priv_bytes(bytes, Int32(Self.count)) == 1
        if !isUsable { ErrorQueue.clear() }
    }

    deinit {
        OPENSSL_cleanse(bytes, Self.count)
        bytes.deallocate()
    }

    var name: UnsafePointer<UInt8> { UnsafePointer(bytes) }
    var cipherKey: UnsafePointer<UInt8> { UnsafePointer(bytes + Self.nameCount) }
    var macKey: UnsafeMutablePointer<UInt8> { bytes + Self.nameCount + Self.secretCount }

    func hasName(_ other: UnsafePointer<UInt8>) -> Bool {
        isUsable && memcmp(bytes, other, Self.nameCount) == 0
    }
}
