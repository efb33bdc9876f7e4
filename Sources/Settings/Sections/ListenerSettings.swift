/// One place where connections are accepted.
package struct ListenerSettings: Sendable, Hashable {
    /// 1 to 64 letters, digits, `_`, `-` and `.`: a metric label.
    package var name: String
    package var bind: BindAddress
    /// Nil for plain connections.
    package var tls: TLSSettings?
    package var source: SourcePlace

    package init(name: String, bind: BindAddress, tls: TLSSettings? = nil, source: SourcePlace = .none) {
        self.name = name
        self.bind = bind
        self.tls = tls
        self.source = source
    }
}
