/// What a call of `TLSEngine.handshake()` came to. The memory's output may hold bytes in every case.
public enum HandshakeStep: Sendable, Equatable {
    /// Done: read and write now. Input may be left, the peer's first bytes.
    case complete
    /// All input is used up; send the output and come back with more.
    case wantsInput
    case failed(TLSFailure)
}

/// What a call of `TLSEngine.read(into:)` came to. The memory's output may hold bytes in every case.
public enum ReadStep: Sendable, Equatable {
    /// So many bytes of plaintext, at least one. Call again when the buffer came back full.
    case bytes(Int)
    /// All input is used up, and nothing came of it that has not been handed out.
    case wantsInput
    /// The peer will send nothing more, and said so. Writing is still allowed (RFC 8446 6.1).
    case closeNotify
    case failed(TLSFailure)
}

/// What a call of `TLSEngine.write(_:)` came to.
public enum WriteStep: Sendable, Equatable {
    /// Every byte is in the memory's output, encrypted.
    case done
    /// The output has too little room for all of them: nothing was taken. Send it, reset it, call again.
    case outputFull
    case failed(TLSFailure)
}
