import DataPlane
import Glibc
import Settings
import Transport

extension Preparer {
    /// What `tidegate check` tells: everything that would keep `run` from starting is an error, and so is a certificate out
    /// of its time. A place that is in use is a warning, for a tidegate that runs already is what most likely uses it.
    ///
    /// Opens no listener, makes no file, and disturbs no running process.
    public func check() -> Problems {
        let settings: Settings
        switch source.read() {
        case .failure(let problems): return problems.sorted()
        case .success(let read): settings = read
        }
        var found = Problems(errors: [], warnings: settings.warnings)
        found.errors += loadCertificates(settings, into: &found).outOfTime
        found.errors += loadClients(settings, previous: nil, into: &found).outOfTime
        let (names, _) = askNames(settings, previous: nil)
        Self.tell(Self.locate(settings, names, previous: nil), names, of: settings, into: &found)
        for listener in settings.listeners { checkBind(listener.bind, at: listener.source, &found) }
        if let admin = settings.admin { checkBind(admin.bind, at: place(of: admin), &found) }
        if let file = settings.log.file { found.errors += Self.logProblems(file, of: settings) }
        return found.sorted()
    }

    /// Where the admin endpoint is configured, also when the file leaves it to its default.
    public func place(of admin: AdminSettings) -> SourcePlace {
        guard admin.source.file.isEmpty, case .file(let file) = source else { return admin.source }
        return SourcePlace(file: file, line: nil, path: "admin.bind")
    }

    private func checkBind(_ bind: BindAddress, at place: SourcePlace, _ found: inout Problems) {
        if case .systemd(let name) = bind {
            found.warnings.append(
                Problem(at: place, message: "whether systemd passes in a socket named \(name) shows at the start only", remedy: ""))
        } else if let error = BindProbe.error(bind) {
            let problem = Self.refused(bind, at: place, error)
            if error.code == EADDRINUSE { found.warnings.append(problem) } else { found.errors.append(problem) }
        }
    }

    /// A log file has to be writable, or else its folder.
    private static func logProblems(_ file: String, of settings: Settings) -> [Problem] {
        if access(file, F_OK) == 0 { return access(file, W_OK) == 0 ? [] : [logProblem(file, errno, of: settings)] }
        let folder = file.lastIndex(of: "/").map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
        return access(folder, W_OK | X_OK) == 0 ? [] : [logProblem(file, errno, of: settings)]
    }

    /// A log file that cannot be written, in words. `error` is an errno.
    public static func logProblem(_ file: String, _ error: Int32, of settings: Settings) -> Problem {
        Problem(
            file: settings.listeners.first?.source.file ?? "", line: nil, path: "log.file",
            message: "\(file) cannot be written: \(String(cString: strerror(error)))",
            remedy: "create its folder and let the user that runs tidegate write there, or leave `file` out")
    }
}
