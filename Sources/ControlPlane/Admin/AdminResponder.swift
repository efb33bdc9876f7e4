import HTTPTypes
import Hummingbird
import Logging

/// Between Hummingbird's requests and ``AdminRouter``.
struct AdminResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let router: AdminRouter

    func respond(to request: Request, context: Context) async throws -> Response {
        let answer = await answer(to: request)
        var headers = HTTPFields()
        headers[.contentType] = answer.contentType
        headers[.cacheControl] = "no-store"
        headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in answer.fields {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        let response = Response(
            status: HTTPResponse.Status(code: answer.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(to request: Request) async -> AdminAnswer {
        var examined = Self.examined(request)
        if request.method == .post {
            guard let body = try? await request.body.collect(upTo: AdminLimits.body) else {
                return .problem(413, "at most \(AdminLimits.body) bytes")
            }
            examined.body = Array(body.readableBytesView)
        }
        return router.answer(examined)
    }

    /// The first `Host` is the request's authority; a second one stays among the fields.
    private static func examined(_ request: Request) -> AdminRequest {
        var examined = AdminRequest(
            method: request.method.rawValue, path: request.uri.path,
            hosts: (request.head.authority.map { [$0] } ?? []) + hostFields(request))
        examined.query = request.uri.query ?? ""
        examined.accept = request.headers[.accept]
        examined.authorization = request.headers[.authorization]
        examined.origin = request.headers[.origin]
        examined.fetchSite = fetchSite.flatMap { request.headers[$0] }
        return examined
    }

    private static let host = HTTPField.Name("Host")
    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

    private static func hostFields(_ request: Request) -> [String] {
        host.map { request.headers[values: $0] } ?? []
    }
}
