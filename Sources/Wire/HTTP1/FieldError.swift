/// What can be wrong with a field section (RFC 9112 5), before anyone asks what its fields mean.
enum FieldError: Error {
    /// A line does not end in CR LF: a bare CR or a bare LF (RFC 9112 2.2).
    case badLineEnd
    /// A line begins with SP or HTAB: obs-fold, or blanks after the start line (RFC 9112 5.2, 2.2).
    case folded
    /// A name that is no token, or a blank before the colon (RFC 9112 5.1).
    case badName
    /// A control byte in a value (RFC 9110 5.5).
    case badValue
    /// More lines than allowed.
    case tooMany
}
