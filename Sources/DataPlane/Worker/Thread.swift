import CLinux
import Glibc
import Transport

/// A detached thread with a name, for loops that know themselves when to end.
public struct Thread {
    private let body: @Sendable () -> Void

    public init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    public func start(name: String) throws(SystemError) {
        var identifier = pthread_t()
        let box = Unmanaged.passRetained(Box(name: name, body: body))
        let result = pthread_create(
            &identifier, nil,
            { argument in
                guard let argument else { return nil }
                let box = Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
                cl_name_thread(box.name)
                box.body()
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            box.release()
            throw SystemError(Int(-result))
        }
        pthread_detach(identifier)
    }

    private final class Box: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
