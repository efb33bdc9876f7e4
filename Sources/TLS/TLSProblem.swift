/// Something wrong with a certificate or key as configured, in words an operator can act on.
public struct TLSProblem: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// The file does not exist.
        case missing
        /// The file exists, and this process cannot read it (or it is larger than 1 MiB, or no regular file).
        case unreadable
        /// The file holds no certificate, or no key, in PEM. An empty file is this too.
        case notPEM
        /// The key does not belong to the certificate.
        case keyMismatch
        /// The certificate's time is over. A warning: serving goes on.
        case expired
        /// The certificate's time has not begun. A warning: serving goes on.
        case notYetValid
        /// The key asks for a passphrase. Nobody is there to type one.
        case encryptedKey
        /// Anything else OpenSSL refused, such as a key too short for its security level.
        case other
    }

    /// Which of the listener's certificates, counted from 0; nil when the problem is of the listener as a whole, or of a client.
    public var index: Int?
    /// The file as it was configured; empty when no single file is at fault.
    public var file: String
    public var kind: Kind
    /// What is wrong, without a full stop at its end.
    public var message: String
    /// What to do about it, without a full stop at its end.
    public var remedy: String

    public init(index: Int?, file: String, kind: Kind, message: String, remedy: String) {
        self.index = index
        self.file = file
        self.kind = kind
        self.message = message
        self.remedy = remedy
    }

    /// Whether a listener may start in spite of it: clients will complain, and their tunnels would be worse off without us.
    public var isWarning: Bool { kind == .expired || kind == .notYetValid }
}
