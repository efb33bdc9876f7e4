import COpenSSL

/// The library as a whole: its start, and what is fetched once for the life of the process.
///
/// A fetch walks the providers under a lock; doing it once keeps it out of every handshake.
enum OpenSSLLibrary {
    /// A pointer to something the library counts references of and never changes after it was fetched.
    ///
    /// Sendable: an EVP_CIPHER is immutable once fetched, its reference count is atomic, and this one is never freed.
    struct Fetched: @unchecked Sendable {
        let pointer: OpaquePointer?
    }

    /// Starts the library without its exit handler: at exit it would free what worker threads are still using.
    static let started: Bool = OPENSSL_init_ssl(tidegate_init_options(), nil) == 1

    static let ticketCipher = fetch { EVP_CIPHER_fetch(nil, "AES-256-CBC", nil) }

    private static func fetch(_ body: () -> OpaquePointer?) -> Fetched {
        guard started else { return Fetched(pointer: nil) }
        return Fetched(pointer: body())
    }
}

/// The OpenSSL this process runs with, which need not be the one it was built with.
public enum OpenSSLVersion {
    /// For example `OpenSSL 3.0.17 1 Jul 2025`.
    public static var text: String {
        guard let text = OpenSSL_version(OPENSSL_VERSION) else { return "OpenSSL" }
        return String(cString: text)
    }
}
