/// Giving an upgrade to another backend after one has answered.
extension Exchange {
    /// The backend's answer shall not be the client's: the request may be dialled again. Only of an upgrade whose answer's head was
    /// seen and of whose answer nothing was passed on; its deadline stays what it was.
    ///
    /// Returns false, and changes nothing, where that is not so.
    public func turnedAway() -> Bool {
        guard isUpgrade, stage == .relayingAnswer else { return false }
        stage = .dialing
        dialDeadline = deadline
        return true
    }
}
