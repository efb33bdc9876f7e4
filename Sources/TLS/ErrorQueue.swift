import COpenSSL

/// OpenSSL's error queue: one per thread, shared by every connection of a worker. What one call leaves there,
/// `SSL_get_error` would take for the fault of the next, so it is emptied before every call that is judged.
enum ErrorQueue {
    /// Empties the queue; costs one look when it is empty already.
    static func clear() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    /// Empties the queue and tells what was in it: the reason by the first entry of the SSL library (later entries only
    /// say which caller noticed), the text by all of them, four at most.
    static func takeFailure() -> TLSFailure {
        var reason: TLSFailure.Reason?
        var texts: [String] = []
        while case let code = ERR_get_error(), code != 0 {
            if reason == nil, tidegate_ERR_library(code) == ERR_LIB_SSL {
                reason = Self.reason(ofSSL: tidegate_ERR_reason(code))
            }
            if texts.count < 4 { texts.append(text(of: code)) }
        }
        return TLSFailure(reason: reason ?? .internal, detail: texts.joined(separator: "; "))
    }

    /// Empties the queue and returns its first entry as text, for a message to an operator.
    static func takeText() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        return code == 0 ? "unknown error" : text(of: code)
    }

    /// `reason` of the library in few words, without the numbers.
    private static func text(of code: UInt) -> String {
        if let reason = ERR_reason_error_string(code) { return String(cString: reason) }
        return "error \(String(code, radix: 16))"
    }
}
