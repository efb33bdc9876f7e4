/// How a backend stands: the one thing that matters most, where several hold.
public enum BackendStateLabel: String, MetricLabel {
    /// It takes connections.
    case ready
    /// Its checks have no result yet.
    case unknown
    /// The operator takes it out of service, tunnels by and by.
    case drain
    /// The same, and it is not checked.
    case maint
    /// Its health answer asks for nothing new.
    case draining
    /// Its checks fail.
    case down
    /// Live traffic fails there.
    case ejected
    /// It was ejected and takes connections again; one failure ejects it anew.
    case probation
}
