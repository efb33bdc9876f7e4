/// The exit statuses of the command, beside 64 for wrong usage.
public enum ExitStatus {
    /// All is well.
    public static let success: Int32 = 0
    /// A configuration was refused, a port was taken, or tunnels were cut at the end of a drain.
    public static let failure: Int32 = 1
}
