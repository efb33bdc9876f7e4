import TLS

extension Stream {
    /// The server's side of a TLS connection on an accepted socket; nil, and the socket closed, when memory is short.
    package static func serving(_ descriptor: Int32, context: ServerContext, scratch: Scratch, bound: Int) -> Stream {
        guard let engine = TLSEngine(server: context, memory: scratch.tls) else {
            var failed = Stream(owning: descriptor, bound: bound)
            failed.close()
            return failed
        }
        return Stream(owning: descriptor, bound: bound, engine: engine)
    }
}
