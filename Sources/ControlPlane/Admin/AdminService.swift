import ServiceLifecycle

/// An ``AdminServer`` as a service group runs it.
struct AdminService: Service {
    let server: AdminServer
    /// Told once it listens, with the port.
    let onBound: @Sendable (Int?) -> Void

    func run() async throws {
        try await server.run(onBound: onBound)
    }
}
