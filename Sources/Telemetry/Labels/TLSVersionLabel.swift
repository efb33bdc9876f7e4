/// The TLS version agreed in a handshake; `none` when it failed before one was.
public enum TLSVersionLabel: String, MetricLabel {
    case none
    case tls12 = "TLSv1.2"
    case tls13 = "TLSv1.3"

    /// The case whose label text is `label`; `none` when there is none.
    public init(named label: StaticString) {
        self = TLSVersionLabel(rawValue: label.description) ?? .none
    }
}
