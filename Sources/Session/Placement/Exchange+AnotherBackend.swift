/// Giving an upgrade to another backend after one has had it. Nothing but its head has gone out then: what a client says early waits for the 101.
extension Exchange {
    /// The backend's answer shall not be the client's: the request may be dialled again. Only of an upgrade whose answer's head was
    /// seen and of whose answer nothing was passed on; its deadline stays what it was.
    ///
    /// Returns false, and changes nothing, where that is not so.
    package func turnedAway() -> Bool {
        guard isUpgrade, stage == .relayingAnswer else { return false }
        dialAgain()
        return true
    }

    /// The backend has ended before it said a word: most likely nobody took the connection from its system's queue. The request may be dialled
    /// again. Only of an upgrade; its deadline stays what it was.
    ///
    /// Returns false, and changes nothing, where that is not so.
    package func leftUnheard() -> Bool {
        guard isUpgrade, stage == .awaitingAnswer, !hasHeard else { return false }
        dialAgain()
        return true
    }

    private func dialAgain() {
        stage = .dialing
        dialDeadline = deadline
    }
}
