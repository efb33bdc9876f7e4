/// How asking for the addresses of a backend's name ended.
package enum ResolutionResult: String, MetricLabel {
    case success
    case failure
}
