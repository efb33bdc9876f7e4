/// All faults of one text; never empty.
struct FileFaults: Error {
    let all: [FileFault]
}
