import Glibc
import TLS

/// The demo's folder, which holds a certificate and its key while it runs.
struct DemoFolder: ~Copyable {
    let path: String
    let certificate: CertificateFiles

    enum Failure: Error {
        /// An errno.
        case folder(String, code: Int32)
        case certificate(SelfSignedCertificate.Failure)
    }

    /// Makes a new folder that nobody else may read, under `TMPDIR` or /tmp, with a certificate for this machine's local names.
    init() throws(Failure) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/tidegate-demo-XXXXXX\0".utf8CString)
        guard mkdtemp(&template) != nil else { throw .folder(parent, code: errno) }
        let path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        do throws(SelfSignedCertificate.Failure) {
            certificate = try SelfSignedCertificate.write(names: ["localhost", "127.0.0.1", "::1"], into: path)
        } catch {
            Self.remove(path, nil)
            throw .certificate(error)
        }
        self.path = path
    }

    deinit { Self.remove(path, certificate) }

    private static func remove(_ path: String, _ files: CertificateFiles?) {
        if let files {
            unlink(files.certificate)
            unlink(files.key)
        }
        rmdir(path)
    }
}
