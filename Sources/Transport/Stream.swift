import CLinux
import Glibc
import TLS

/// One connected socket, plain or TLS; above this line nobody knows which. Owns the descriptor and closes it.
///
/// Everything is non-blocking. What the kernel refuses waits in `backlog`, encrypted already where it has to be.
public struct Stream: ~Copyable {
    /// How a stream came to its end.
    public enum Ending: Sendable, Equatable {
        case fin
        case reset(SystemError)
        /// TLS: FIN without close_notify.
        case truncated
        case tls(TLSFailure.Reason)

        /// More would wait for the socket than may: a fault of ours, or memory is short.
        public static let noRoom = Ending.reset(SystemError(-Int(ENOBUFS)))

        public static func == (left: Ending, right: Ending) -> Bool {
            switch (left, right) {
            case (.fin, .fin), (.truncated, .truncated): true
            case (.reset(let a), .reset(let b)): a == b
            case (.tls(let a), .tls(let b)): a == b
            default: false
            }
        }
    }

    /// What one turn of reading brought: bytes in `Scratch.plain`, then perhaps the end.
    public struct Received {
        public var count = 0
        public var ending: Ending?
        /// The socket may hold more: the recv came back as large as was asked for. Over TLS that is told of the ciphertext, so it may be
        /// set while `count` is 0.
        public var isFull = false

        public init(count: Int = 0, ending: Ending? = nil, isFull: Bool = false) {
            self.count = count
            self.ending = ending
            self.isFull = isFull
        }
    }

    public enum Handshake { case complete, underway, failed(Ending) }

    // In an order that leaves no holes: a tunnel has two of these.

    public private(set) var descriptor: Int32
    /// What epoll watches for; kept here so that it changes only when it must.
    public var interest = Interest()
    /// Most bytes that may wait; past it a send fails.
    private let bound: UInt32
    var farewell = Farewell.none
    private var isProbed = false
    /// In memory of its own: most streams have none, and whoever holds a stream needs no room for one. The stream's to free.
    private(set) var engine: UnsafeMutablePointer<TLSEngine>?
    public internal(set) var backlog = Backlog()
    /// What the engine said and nobody waits for: it travels with the next words.
    var postscript: [UInt8] = []

    enum Farewell { case none, wanted, done }

    /// No stream: every operation on it does nothing.
    public init() {
        descriptor = -1
        bound = 0
    }

    /// Takes over a connected or connecting non-blocking socket.
    public init(owning descriptor: Int32, bound: Int, engine: consuming TLSEngine? = nil) {
        self.descriptor = descriptor
        self.bound = UInt32(clamping: bound)
        if let engine {
            let place = UnsafeMutablePointer<TLSEngine>.allocate(capacity: 1)
            place.initialize(to: engine)
            self.engine = place
        }
    }

    deinit {
        if descriptor >= 0 { cl_close(descriptor) }
        Self.free(engine)
    }

    private static func free(_ engine: UnsafeMutablePointer<TLSEngine>?) {
        guard let engine else { return }
        engine.deinitialize(count: 1)
        engine.deallocate()
    }

    @inlinable public var isOpen: Bool { descriptor >= 0 }
    public var isEncrypted: Bool { engine != nil }
    /// All that was said, the farewell included, is with the kernel.
    public var isFarewellSent: Bool { farewell == .done }

    /// Bytes that were sent and that the peer's system has not taken yet.
    public var unacknowledged: Int { descriptor < 0 ? 0 : Int(cl_unacknowledged(descriptor)) }

    /// Nanoseconds for which the peer's system has not acknowledged what it should have; 0 for one that does.
    public var unanswered: UInt64 { descriptor < 0 ? 0 : UInt64(cl_unanswered_ms(descriptor)) * 1_000_000 }

    /// Whether the peer of an idle connection has neither ended it nor said anything that was not read; one system call. False for
    /// no stream, for one with an error, before the handshake is complete, and after the peer's close_notify.
    public func peekIsQuiet() -> Bool {
        guard descriptor >= 0, engineIsOpen() else { return false }
        return cl_peek(descriptor) == -EAGAIN
    }

    /// From now on the system asks a silent peer whether it lives (SO_KEEPALIVE, tcp(7)): after a minute, then each 15 s, and the fourth
    /// question without an answer ends the connection. Once is enough. For connections that were dialled; accepted ones have it from
    /// their listener.
    public mutating func probe() {
        guard !isProbed, descriptor >= 0 else { return }
        isProbed = true
        _ = cl_set_keepalive(descriptor, 60, 15, 4)
    }

    /// Gives the descriptor back. With `reset` the peer sees RST instead of FIN.
    public mutating func close(reset: Bool = false) {
        guard descriptor >= 0 else { return }
        if reset { _ = cl_set_reset_on_close(descriptor) }
        cl_close(descriptor)
        descriptor = -1
        backlog.release()
        Self.free(engine)
        engine = nil
        postscript = []
    }

    /// One recv of at most `limit` bytes, decrypted into `scratch.plain`.
    public mutating func receive(into scratch: Scratch, limit: Int) -> Received {
        if engine != nil { return receiveEncrypted(into: scratch, limit: limit) }
        let asked = min(limit, scratch.capacity)
        let got = cl_recv(descriptor, scratch.plain, asked)
        if got > 0 { return Received(count: got, isFull: got == asked) }
        return Received(ending: Self.ending(got))
    }

    /// Sends all of it, or what the kernel takes and keeps the rest. The error ends the stream.
    public mutating func send(_ bytes: UnsafeRawBufferPointer, scratch: Scratch) -> Ending? {
        if engine != nil { return sendEncrypted(bytes, scratch: scratch) }
        return transmit(bytes)
    }

    /// The kernel has room again.
    public mutating func flush() -> Ending? {
        while !backlog.isEmpty {
            let waiting = backlog.bytes
            let sent = cl_send(descriptor, waiting.baseAddress, waiting.count)
            if sent < 0 { return Self.ending(sent) }
            let isAll = sent == waiting.count
            backlog.consume(sent)
            if !isAll { return nil }
        }
        return farewell == .wanted ? finish() : nil
    }

    /// Says that nothing follows: close_notify over TLS, then FIN, once the backlog has gone. Asking twice is the same as once.
    ///
    /// - Parameter closes: `close` comes next, and brings the FIN if there is no backlog.
    public mutating func end(scratch: Scratch, closes: Bool = false) -> Ending? {
        guard farewell == .none, descriptor >= 0 else { return nil }
        farewell = .wanted
        if engine != nil, let failure = sendCloseNotify(scratch: scratch) { return failure }
        guard backlog.isEmpty else { return nil }
        if closes {
            farewell = .done
            return nil
        }
        return finish()
    }

    private mutating func finish() -> Ending? {
        farewell = .done
        let result = cl_shutdown_write(descriptor)
        return result < 0 ? .reset(SystemError(result)) : nil
    }

    /// Bytes as they go on the wire.
    ///
    /// - Parameter isLast: the FIN comes next, and these travel in its segment.
    @inline(__always)
    mutating func transmit(_ bytes: UnsafeRawBufferPointer, isLast: Bool = false) -> Ending? {
        var sent = 0
        if backlog.isEmpty {
            let result =
                isLast
                ? cl_send_more(descriptor, bytes.baseAddress, bytes.count) : cl_send(descriptor, bytes.baseAddress, bytes.count)
            if result < 0, let ending = Self.ending(result) { return ending }
            sent = max(0, result)
            if sent == bytes.count { return nil }
        }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
        return backlog.append(rest, bound: Int(bound)) ? nil : .noRoom
    }

    /// nil for "nothing now": EAGAIN, EINTR, and shortages that pass.
    static func ending(_ result: Int) -> Ending? {
        switch Int32(truncatingIfNeeded: -result) {
        case 0: .fin
        case EAGAIN, EINTR, ENOBUFS, ENOMEM: nil
        default: .reset(SystemError(result))
        }
    }
}
