import Glibc

/// What tells that a file is not the one it was, without reading it: another file under the name, or other bytes in it. The time of
/// the last change of state cannot be set by anybody, so a file that was written or replaced always has another mark.
struct FileMark: Sendable, Hashable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// Nil for a file that cannot be looked at.
    init?(_ path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        device = UInt64(facts.st_dev)
        inode = UInt64(facts.st_ino)
        size = Int64(facts.st_size)
        seconds = facts.st_ctim.tv_sec
        nanoseconds = facts.st_ctim.tv_nsec
    }
}
