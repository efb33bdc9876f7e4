import BenchCore

/// The load generator: `bench-load echo|idle|sink|gather|request|dial --port P …`. Reports are JSON lines on standard output; exit status
/// 1 when any tunnel or message was lost.
@main
struct BenchLoad {
    static func main() {
        do {
            let plan = try Plan(Array(CommandLine.arguments.dropFirst()))
            Surroundings.prepare(lifetime: plan.lifetime)
            let load = try Load(plan)
            try load.open()
            // A load that is not whole would measure something else.
            if load.hasFailed { throw LoadFailure() }
            switch plan.mode {
            case .echo, .sink, .gather, .request, .dial: try load.measure()
            case .idle: try load.hold()
            }
            if load.hasFailed { throw LoadFailure() }
        } catch {
            Surroundings.fail(error)
        }
    }
}

/// Something was lost; the reports on standard output say what.
struct LoadFailure: Error, CustomStringConvertible {
    var description: String { "tunnels or messages were lost" }
}
