/// How a request's path is changed before it goes to a backend. The query is kept.
public enum PathRewrite: Sendable, Hashable {
    /// Takes a prefix away, at a segment's end only: `/api` makes `/api/users` into `/users`, `/api` into `/`, and leaves
    /// `/apis` alone. In the compared form of paths, without a trailing `/`.
    case stripPrefix([UInt8])
    /// The whole path.
    case replace([UInt8])
}
