/// What is asked of the name servers.
///
/// A name that ends in a dot is complete; any other is tried with the search list of the system as well (resolv.conf(5)).
public enum NameQuestion: Sendable, Hashable {
    /// The addresses of a host: A and AAAA (RFC 1035 3.4.1, RFC 3596 2.1).
    case addresses(String)
    /// The places of a service, SRV records (RFC 2782), and the addresses of their targets.
    case services(String)

    /// The name as it was written.
    public var name: String {
        switch self {
        case .addresses(let name), .services(let name): name
        }
    }
}

extension NameQuestion: Comparable {
    /// By name, then addresses before services.
    public static func < (left: NameQuestion, right: NameQuestion) -> Bool {
        guard left.name == right.name else { return left.name < right.name }
        if case .addresses = left, case .services = right { return true }
        return false
    }
}
