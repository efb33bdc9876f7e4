/// How a reload of the configuration ended.
public enum ReloadResult: String, MetricLabel {
    case success
    case failure
}
