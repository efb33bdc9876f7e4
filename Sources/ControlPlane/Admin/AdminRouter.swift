import Synchronization
import Telemetry

/// What the admin endpoint answers to what: all of it, without a socket.
public final class AdminRouter: Sendable {
    private let hostGuard: HostGuard?
    private let tokenGuard: TokenGuard
    private let source: any AdminSource
    private let pools: PoolAPI?
    /// Scrapes are rendered one at a time: however many come, they take one core at most.
    private let rendering = Mutex(())

    /// - Parameter pools: nil leaves the API about pools out.
    public init(bind: AdminBind, token: [UInt8]?, source: any AdminSource, pools: (any PoolDesk)? = nil) {
        self.pools = pools.map { PoolAPI(desk: $0) }
        hostGuard = HostGuard(bind)
        tokenGuard = TokenGuard(bind: bind, token: token)
        self.source = source
    }

    /// The answer to one request. A HEAD is answered like a GET; leaving out the body is the server's part.
    public func answer(_ request: AdminRequest) -> AdminAnswer {
        if let hostGuard, !hostGuard.admits(request.hosts) {
            return AdminAnswer(403, "This endpoint answers only to a loopback Host.")
        }
        switch request.path {
        case "/livez": return reading(request) { Self.health(source.isLive()) }
        case "/readyz": return reading(request) { Self.health(source.isReady()) }
        case "/metrics": return reading(request) { metrics(request) }
        case "/api": return api(request)
        case let path where path.hasPrefix("/api/"): return api(request)
        default: return AdminAnswer(404, "not found")
        }
    }

    private static func health(_ isWell: Bool) -> AdminAnswer {
        isWell ? AdminAnswer(200, "ok") : AdminAnswer(503, "unavailable")
    }

    private func reading(_ request: AdminRequest, _ answer: () -> AdminAnswer) -> AdminAnswer {
        guard request.method == "GET" || request.method == "HEAD" else {
            var refusal = AdminAnswer(405, "method not allowed")
            refusal.fields = [("Allow", "GET, HEAD")]
            return refusal
        }
        return answer()
    }

    private func metrics(_ request: AdminRequest) -> AdminAnswer {
        let format = ScrapeFormat.negotiate(accept: request.accept ?? "")
        let body = rendering.withLock { _ in source.metrics(openMetrics: format == .openMetrics) }
        var answer = AdminAnswer(200, body, contentType: format.contentType)
        answer.fields = [("Vary", "Accept")]
        return answer
    }

    private func api(_ request: AdminRequest) -> AdminAnswer {
        switch tokenGuard.judge(request) {
        case .admit: return pools?.answer(request) ?? .notFound
        case .absent: return .notFound
        case .crossSite: return .problem(403, "requests from other sites are refused")
        case .unauthorized:
            var refusal = AdminAnswer.problem(401, "a token is needed")
            refusal.fields = [("WWW-Authenticate", "Bearer realm=\"tidegate\"")]
            return refusal
        }
    }
}
