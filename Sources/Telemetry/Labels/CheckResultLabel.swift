/// How a check of a backend ended.
public enum CheckResultLabel: String, MetricLabel {
    case passed
    /// It answered, and wants nothing new.
    case draining
    case failed
    /// This machine lacked what a check needs: it says nothing of the backend.
    case shortage
}
