import COpenSSL

/// Our BIO: OpenSSL's idea of a connection, over the two areas of a `TLSMemory`.
///
/// One object per engine serves both directions. It owns nothing: its data pointer is the memory's raw block, which the
/// engine keeps alive.
enum MemoryBIO {
    /// Sendable: the method table is filled in before anyone sees it, and never changed or freed.
    private struct Method: @unchecked Sendable {
        let pointer: OpaquePointer?
    }

    private static let method: Method = {
        guard OpenSSLLibrary.started,
            let table = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tidegate memory")
        else { return Method(pointer: nil) }
        guard BIO_meth_set_read_ex(table, readBytes) == 1, BIO_meth_set_write_ex(table, writeBytes) == 1,
            BIO_meth_set_ctrl(table, control) == 1
        else { return Method(pointer: nil) }
        return Method(pointer: table)
    }()

    /// A new BIO over `storage`; nil when memory is short.
    static func make(over storage: UnsafeMutablePointer<TLSMemoryStorage>) -> OpaquePointer? {
        guard let table = method.pointer, let bio = BIO_new(table) else { return nil }
        BIO_set_data(bio, storage)
        BIO_set_init(bio, 1)
        return bio
    }

    private static let readBytes:
        @convention(c) (OpaquePointer?, UnsafeMutablePointer<CChar>?, Int, UnsafeMutablePointer<Int>?) -> Int32 = {
            bio, destination, capacity, count in
            guard let data = BIO_get_data(bio), let destination, let count else { return 0 }
            let storage = data.assumingMemoryBound(to: TLSMemoryStorage.self)
            tidegate_BIO_clear_retry(bio)
            let taken = min(capacity, storage.pointee.inputRemaining)
            guard taken > 0, let input = storage.pointee.input else {
                storage.pointee.wasStarved = true
                tidegate_BIO_retry_read(bio)
                return 0
            }
            UnsafeMutableRawPointer(destination)
                .copyMemory(from: input.advanced(by: storage.pointee.inputConsumed), byteCount: taken)
            storage.pointee.inputConsumed &+= taken
            count.pointee = taken
            return 1
        }

    private static let writeBytes:
        @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, Int, UnsafeMutablePointer<Int>?) -> Int32 = {
            bio, source, length, count in
            guard let data = BIO_get_data(bio), let source, let count else { return 0 }
            let storage = data.assumingMemoryBound(to: TLSMemoryStorage.self)
            tidegate_BIO_clear_retry(bio)
            let room = storage.pointee.outputLimit &- storage.pointee.outputCount
            guard length > 0, length <= room else {
                tidegate_BIO_retry_write(bio)
                return 0
            }
            storage.pointee.output.advanced(by: storage.pointee.outputCount)
                .copyMemory(from: source, byteCount: length)
            storage.pointee.outputCount &+= length
            count.pointee = length
            return 1
        }

    /// A flush always succeeds: the caller sends the output when it sees fit. Everything else (kernel TLS, datagram sizes,
    /// end of file) gets "no": this BIO never ends, the caller knows when its socket did.
    private static let control: @convention(c) (OpaquePointer?, Int32, Int, UnsafeMutableRawPointer?) -> Int = {
        _, command, _, _ in
        command == BIO_CTRL_FLUSH ? 1 : 0
    }
}
