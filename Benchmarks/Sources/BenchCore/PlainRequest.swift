/// A plain request as a browser sends it for something small, and the backend's answer.
package enum PlainRequest {
    /// About 450 bytes with 9 fields: what a proxy has to read, check and pass on for each answer.
    package static func request(host: String, path: String) -> [UInt8] {
        let lines = [
            "GET \(path) HTTP/1.1", "Host: \(host)",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Accept: application/json, text/plain, */*", "Accept-Language: en-US,en;q=0.5",
            "Accept-Encoding: gzip, deflate, br, zstd", "Referer: https://bench.test/dashboard/overview",
            "Cookie: session=5d41402abc4b2a76b9719d911017c592; theme=dark; consent=all", "Cache-Control: no-cache",
            "Connection: keep-alive", "", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    /// An answer with `Payload.pattern` as its body. It leaves the connection open.
    package static func answer(bodyBytes: Int) -> [UInt8] {
        let lines = [
            "HTTP/1.1 200 OK", "Date: Thu, 01 Jan 2026 00:00:00 GMT", "Server: bench-echo", "Content-Type: application/octet-stream",
            "Cache-Control: no-store", "Content-Length: \(bodyBytes)", "", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8) + Payload.pattern(bodyBytes)
    }

    /// Whether the backend answers this head: a GET, of whatever path.
    package static func isGet(_ head: UnsafeRawBufferPointer) -> Bool { head.starts(with: "GET ".utf8) }
}
