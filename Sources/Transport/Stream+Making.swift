import TLS

extension Stream {
    /// The client's side of a TLS connection on a socket that connects, or has; `beginHandshake(scratch:)` comes next, once it stands. Not
    /// open, and the socket closed, when memory is short or `identity` has a name that no certificate could be for.
    public static func dialing(_ descriptor: Int32, identity: BackendIdentity, scratch: Scratch, bound: Int) -> Stream {
        guard let engine = TLSEngine(client: identity, memory: scratch.tls) else {
            var failed = Stream(owning: descriptor, bound: bound)
            failed.close()
            return failed
        }
        return Stream(owning: descriptor, bound: bound, engine: engine)
    }

    /// The server's side of a TLS connection on an accepted socket; not open, and the socket closed, when memory is short.
    public static func serving(_ descriptor: Int32, context: ServerContext, scratch: Scratch, bound: Int) -> Stream {
        guard let engine = TLSEngine(server: context, memory: scratch.tls) else {
            var failed = Stream(owning: descriptor, bound: bound)
            failed.close()
            return failed
        }
        return Stream(owning: descriptor, bound: bound, engine: engine)
    }
}
