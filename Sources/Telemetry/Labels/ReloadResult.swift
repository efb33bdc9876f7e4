/// How a reload of the configuration ended.
package enum ReloadResult: String, MetricLabel {
    case success
    case failure
}
