/// Why a name came to nothing. A closed list, so that it can be a label of a metric.
public enum NameFailure: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// NXDOMAIN: a name server says that there is no such name.
    case noName = "nxdomain"
    /// The name exists, and has no record of the kind, or none that can be dialed.
    case noData = "no_data"
    /// SERVFAIL, NOTIMP, or what else a server says when it cannot.
    case serverFailed = "servfail"
    /// REFUSED: the server does not answer us.
    case refused = "refused"
    /// No server answered in time.
    case timedOut = "timeout"
    /// No server could be reached. c-ares before 1.20 also says so of servers that failed or refused.
    case unreachable = "unreachable"
    /// Not a name that may be asked for.
    case badName = "bad_name"
    /// Bytes that are no answer.
    case badAnswer = "bad_answer"
    /// Short of memory or descriptors.
    case exhausted = "exhausted"

    /// For a log line.
    public var description: String {
        switch self {
        case .noName: "the name does not exist"
        case .noData: "the name has no usable record"
        case .serverFailed: "the name server failed"
        case .refused: "the name server refused"
        case .timedOut: "no answer in time"
        case .unreachable: "no name server can be reached, or none would answer"
        case .badName: "not a valid name"
        case .badAnswer: "the name server's answer makes no sense"
        case .exhausted: "short of memory or descriptors"
        }
    }

    /// A server's word about the name itself; all else says something about servers only.
    var isAboutName: Bool { self == .noName || self == .noData }
}
