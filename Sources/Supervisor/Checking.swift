import CLinux
import ControlPlane
import Settings

/// `tidegate check`.
public enum Checking {
    /// Prints every problem to standard output, one a line, or `FILE: ok`; warnings go to standard error. Gives the exit status.
    public static func run(_ file: String) -> Int32 {
        // The resolver may write to a connection that a name server has closed.
        cl_ignore_sigpipe()
        let found = Preparer(source: .file(file)).check()
        for warning in found.warnings { SystemText.print("warning: \(warning)", to: 2) }
        for error in found.errors { SystemText.print("\(error)") }
        guard found.errors.isEmpty else { return ExitStatus.failure }
        SystemText.print("\(file): ok")
        return ExitStatus.success
    }
}
