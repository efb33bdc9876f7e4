import Synchronization
import Wire

@testable import ControlPlane

/// A name server that answers the next question only after something else has happened.
final class ReloadingAnswer: Sendable {
    private let interruption = Mutex<(@Sendable () -> Void)?>(nil)
    private let asked = Mutex<UInt32>(0)

    /// Each answer is another address.
    var resolver: NameResolver {
        .each { [self] _ in
            let interruption = self.interruption.withLock { $0.take() }
            interruption?()
            return .addresses([ip(asked.withLock { $0 += 1; return $0 })])
        }
    }

    /// What happens during the next question, once.
    func interrupt(_ what: @escaping @Sendable () -> Void) { interruption.withLock { $0 = what } }
}
