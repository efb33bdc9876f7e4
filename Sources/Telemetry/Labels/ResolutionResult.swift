/// How asking for the addresses of a backend's name ended.
public enum ResolutionResult: String, MetricLabel {
    case success
    case failure
}
