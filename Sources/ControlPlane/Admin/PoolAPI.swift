import DataPlane
import Settings

/// The part of the admin API that is about pools, without a socket.
///
/// - `GET /api/v1/pools`, `GET /api/v1/pools/POOL`
/// - `POST /api/v1/pools/POOL/backends/BACKEND/state`, `state=ready|drain|maint` in the query or as the body
/// - `POST /api/v1/pools/POOL/rebalance` levels it once, `share=…`, `interval=…` and `threshold=…` in the query or as the body;
///   `DELETE` of the same ends that
///
/// POOL and BACKEND are percent-encoded (RFC 3986 section 2.1): a backend's label may contain `/`.
struct PoolAPI: Sendable {
    let desk: any PoolDesk

    func answer(_ request: AdminRequest) -> AdminAnswer {
        var segments: [String] = []
        for part in request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let segment = PercentText.decode(part) else { return .problem(400, "the path is not percent-encoded UTF-8") }
            segments.append(segment)
        }
        guard segments.starts(with: ["api", "v1", "pools"]) else { return .notFound }
        let rest = Array(segments.dropFirst(3))
        switch rest.count {
        case 0: return reading(request) { .json(200, JSONText.pools(desk.pools())) }
        case 1: return reading(request) { pool(rest[0]) }
        case 2 where rest[1] == "rebalance": return rebalance(request, pool: rest[0])
        case 4 where rest[1] == "backends" && rest[3] == "state":
            return writing(request) { setState(request, backend: rest[2], pool: rest[0]) }
        default: return .notFound
        }
    }

    private func pool(_ name: String) -> AdminAnswer {
        guard let pool = desk.pools().first(where: { $0.name == name }) else { return .problem(404, "no such pool") }
        return .json(200, JSONText.pool(pool))
    }

    private func setState(_ request: AdminRequest, backend: String, pool name: String) -> AdminAnswer {
        guard let word = AdminWords(request)?.only("state"), let state = BackendCondition.Administrative(text: word) else {
            return .problem(400, "give state=ready, state=drain or state=maint, in the query or as the body")
        }
        guard desk.setState(state, backend: backend, pool: name) else { return .problem(404, "no such pool or backend") }
        guard let shown = desk.pools().first(where: { $0.name == name })?.backends.first(where: { $0.label == backend }) else {
            return .problem(404, "no such pool or backend")
        }
        return .json(200, JSONText.backend(shown))
    }

    private func rebalance(_ request: AdminRequest, pool name: String) -> AdminAnswer {
        switch request.method {
        case "POST": begin(request, pool: name)
        case "DELETE": answer(desk.cancelRebalance(pool: name))
        default: .notAllowed("POST, DELETE")
        }
    }

    private func begin(_ request: AdminRequest, pool name: String) -> AdminAnswer {
        guard let words = AdminWords(request) else {
            return .problem(400, "give share, interval or threshold as NAME=VALUE, in the query or as the body, or nothing")
        }
        var wish = RebalanceWish()
        for (key, value) in words.pairs {
            if let problem = wish.set(key, to: value) { return .problem(400, problem) }
        }
        return answer(desk.rebalance(pool: name, wish))
    }

    private func answer(_ outcome: RebalanceAnswer) -> AdminAnswer {
        switch outcome {
        case .begun: .json(202, JSONText.message("begun"))
        case .cancelled: .json(200, JSONText.message("cancelled"))
        case .noPool: .problem(404, "no such pool")
        case .notBegun: .problem(404, "nobody asked for this pool to be rebalanced, or it is over")
        case .refused: .problem(409, "clients of this pool come back to where they were: hash or sticky")
        }
    }

    private func reading(_ request: AdminRequest, _ answer: () -> AdminAnswer) -> AdminAnswer {
        request.method == "GET" || request.method == "HEAD" ? answer() : .notAllowed("GET, HEAD")
    }

    private func writing(_ request: AdminRequest, _ answer: () -> AdminAnswer) -> AdminAnswer {
        request.method == "POST" ? answer() : .notAllowed("POST")
    }
}

extension AdminAnswer {
    static func json(_ status: Int, _ text: JSONText) -> AdminAnswer {
        AdminAnswer(status, text.bytes + [UInt8(ascii: "\n")], contentType: "application/json")
    }

    /// An error of the API, in words.
    static func problem(_ status: Int, _ words: String) -> AdminAnswer {
        var text = JSONText()
        text.object { $0.member("error", words) }
        return json(status, text)
    }

    static var notFound: AdminAnswer { problem(404, "not found") }

    static func notAllowed(_ methods: String) -> AdminAnswer {
        var answer = problem(405, "method not allowed")
        answer.fields = [("Allow", methods)]
        return answer
    }
}
