import COpenSSL

extension TLSEngine {
    /// More than any AEAD of TLS 1.2 or 1.3 adds to a record: header 5, nonce 8, content type 1, tag 16.
    private static let recordOverhead = 32
    private static let recordSize = 16384
    /// Room for a KeyUpdate of our own.
    private static let keyUpdateRoom = 64

    /// Decrypts into `buffer` until it is full or the input is used up; whole records go straight through.
    ///
    /// A buffer of the input's size plus 16 KiB takes all there can be in one call. A failure or a close_notify that follows
    /// data in the same input is told by the next call. Look at the output after each call: an alert, or the answer to a KeyUpdate, may lie
    /// there (OpenSSL 3.0 answers one KeyUpdate with our next write, as RFC 8446 4.6.3 allows, and several at once).
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadStep {
        switch stage {
        case .open: break
        case .handshaking: return .failed(fail(Self.usedBeforeHandshake))
        case .peerClosed: return .closeNotify
        case .failed: return .failed(failure ?? Self.usedAfterFailure)
        }
        guard let base = buffer.baseAddress, buffer.count > 0 else { return .wantsInput }
        if storage.pointee.inputConsumed == 0 { emptyInInput = 0 }
        let outputBefore = storage.pointee.outputCount
        var total = 0
        var isUnfinished = false
        ErrorQueue.clear()
        while total < buffer.count, isUnfinished || storage.pointee.inputRemaining > 0 || SSL_has_pending(ssl) == 1 {
            var count = 0
            storage.pointee.wasStarved = false
            let result = SSL_read_ex(ssl, base.advanced(by: total), buffer.count &- total, &count)
            if result == 1 {
                total &+= count
                emptyInARow = 0
                isUnfinished = false
                continue
            }
            if readStopped(result, outputBefore: outputBefore) { break }
            // OpenSSL came back in the middle of a KeyUpdate; it wants to be called once more, input or not.
            isUnfinished = true
        }
        if total > 0 { return .bytes(total) }
        switch stage {
        case .handshaking, .open: return .wantsInput
        case .peerClosed: return .closeNotify
        case .failed: return .failed(failure ?? Self.usedAfterFailure)
        }
    }

    /// Judges a read that gave no data; true when reading must stop here.
    private mutating func readStopped(_ result: Int32, outputBefore: Int) -> Bool {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ:
            if storage.pointee.outputCount > outputBefore, SSL_version(ssl) == TLS1_2_VERSION {
                // In TLS 1.2 a read answers only one thing: a ClientHello, or to a client a HelloRequest (RFC 5246 7.4.1.1), with
                // the warning no_renegotiation.
                _ = fail(TLSFailure(reason: .renegotiation, detail: "the peer asked for another handshake"))
                return true
            }
            if storage.pointee.wasStarved { return true }
            return countEmptyRead()
        case SSL_ERROR_ZERO_RETURN:
            stage = .peerClosed
            return true
        case let error:
            _ = fail(error)
            return true
        }
    }

    /// OpenSSL came back without data though there was input: a KeyUpdate as a rule, which costs us two key derivations and an answer;
    /// to a client also a ticket, which costs a derivation and two copies of a session.
    private mutating func countEmptyRead() -> Bool {
        emptyInARow &+= 1
        emptyInInput &+= 1
        let limit = emptyReadLimit
        guard emptyInARow > limit || emptyInInput > limit else { return false }
        _ = fail(TLSFailure(reason: .keyUpdateFlood, detail: "too many handshake messages without data"))
        return true
    }

    /// Encrypts all of `bytes` into the memory's output, or none of them.
    ///
    /// Records are as large as can be: what is handed over together travels together. No bytes make no record.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) -> WriteStep {
        switch stage {
        case .open, .peerClosed: break
        case .handshaking: return .failed(fail(Self.usedBeforeHandshake))
        case .failed: return .failed(failure ?? Self.usedAfterFailure)
        }
        guard let base = bytes.baseAddress, bytes.count > 0 else { return .done }
        let room = storage.pointee.writeLimit &- storage.pointee.outputCount
        guard bytes.count <= room else { return .outputFull }
        let records = (bytes.count &+ Self.recordSize &- 1) / Self.recordSize
        guard bytes.count &+ records &* Self.recordOverhead &+ Self.keyUpdateRoom <= room else { return .outputFull }

        ErrorQueue.clear()
        replaceWornKey(adding: records)
        var count = 0
        let result = SSL_write_ex(ssl, base, bytes.count, &count)
        if result == 1 { return .done }
        return .failed(fail(SSL_get_error(ssl, result)))
    }

    /// How many bytes one `write` may have now without meeting `.outputFull`.
    public var writableCount: Int {
        let room = storage.pointee.writeLimit &- storage.pointee.outputCount &- Self.keyUpdateRoom &- Self.recordOverhead
        guard room > 0 else { return 0 }
        return room &- (room / Self.recordSize) &* Self.recordOverhead
    }

    /// Asks for a new sending key in TLS 1.3 when the old one has encrypted as much as it should (RFC 8446 5.5).
    /// In TLS 1.2 there is no such thing short of the renegotiation we refuse.
    private mutating func replaceWornKey(adding records: Int) {
        recordsWritten &+= records
        guard recordsWritten >= recordsPerKey else { return }
        recordsWritten = records
        guard SSL_version(ssl) == TLS1_3_VERSION else { return }
        if SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) != 1 { ErrorQueue.clear() }
    }

    /// Appends close_notify to the output: we shall write no more. Reading goes on. It never waits for the peer's.
    ///
    /// Does nothing before the handshake is complete, after a failure, or the second time.
    public mutating func closeNotify() {
        guard stage == .open || stage == .peerClosed, SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN == 0 else { return }
        ErrorQueue.clear()
        if SSL_shutdown(ssl) < 0 { ErrorQueue.clear() }
    }
}
