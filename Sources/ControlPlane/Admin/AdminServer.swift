import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// The admin endpoint: Hummingbird on an event loop of its own, never on a worker's thread.
public struct AdminServer: Sendable {
    /// One thread for all admin servers a process starts in its life. It is never shut down: connections that end late still
    /// schedule work on it.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private let bind: AdminBind
    private let router: AdminRouter
    private let limits: AdminLimits
    private let logger: Logger

    /// `token` guards `/api`; see ``TokenGuard``.
    public init(
        bind: AdminBind, token: [UInt8]?, source: any AdminSource, pools: (any PoolDesk)? = nil,
        limits: AdminLimits = AdminLimits(), logger: Logger
    ) {
        self.bind = bind
        router = AdminRouter(bind: bind, token: token, source: source, pools: pools)
        self.limits = limits
        self.logger = logger
    }

    /// Serves until a graceful shutdown of the service group it runs in: then it stops listening, closes idle connections and
    /// answers what is under way. `onBound` is called once it listens, with the port (nil for a Unix socket).
    ///
    /// Throws ``AdminProblem`` when it cannot listen. Its task must not be cancelled: SwiftNIO traps on connections that were
    /// accepted but never handled.
    public func run(onBound: @escaping @Sendable (Int?) -> Void = { _ in }) async throws {
        let address: BindAddress
        var socket: UnixSocketPath?
        switch bind {
        case .ip(let host, let port): address = .hostname(host, port: port)
        case .unix(let path):
            address = .unixDomainSocket(path: path)
            socket = UnixSocketPath(path: path)
        }
        try socket?.clear()
        let file = socket
        let application = Application(
            responder: AdminResponder(router: router), server: .http1(configuration: channel),
            configuration: ApplicationConfiguration(
                address: address, backlog: 128,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            onServerRunning: { channel in
                _ = file?.restrict()
                onBound(channel.localAddress?.port)
            },
            eventLoopGroupProvider: .shared(Self.group), logger: logger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw AdminProblem.cannotBind("\(place)", reason: "\(error)")
        } catch let error as NIOConnectionError {
            throw AdminProblem.cannotBind("\(place)", reason: "\(error)")
        }
    }

    private var channel: HTTP1Channel.Configuration {
        let limit = TimeAmount.seconds(limits.requestSeconds)
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [RequestDeadline(limit: limit)], idleTimeout: .seconds(limits.idleSeconds),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 8192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 64))
    }

    private var place: String {
        switch bind {
        case .ip(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
