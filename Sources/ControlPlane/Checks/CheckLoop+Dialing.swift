import Glibc
import Session
import TLS
import Transport

/// From an address to a connection that stands, TLS included.
extension CheckLoop {
    /// Tries the addresses that are left, one after the other. Each may take its share of the time that is left, so that one that
    /// hangs leaves some for the next.
    func dialNext(_ check: ActiveCheck, _ slot: Int) {
        let addresses = check.job.target.addresses
        while check.nextAddress < addresses.count, now < check.deadline {
            let share = (check.deadline - now) / UInt64(clamping: addresses.count - check.nextAddress)
            let address = addresses[check.nextAddress]
            check.nextAddress += 1
            check.stage = .dialing
            switch Dialer.dial(address) {
            case .failed(let error): fail(check, CheckFailure(error), error.description)
            case .begun(let descriptor):
                guard begin(check, slot, descriptor) else { continue }
                wheel.schedule(slot, at: now + share)
                return
            }
        }
        let (failure, detail) = (check.failure, check.detail)
        drop(check, slot)
        tell(check, .failed(failure), detail)
    }

    private func begin(_ check: ActiveCheck, _ slot: Int, _ descriptor: Int32) -> Bool {
        if let identity = check.job.target.identity {
            check.stream = .dialing(descriptor, identity: identity, scratch: scratch, bound: Self.backlogBound)
            guard check.stream.isOpen else {
                fail(check, .tls, "bad_server_name")
                return false
            }
        } else {
            check.stream = Stream(owning: descriptor, bound: Self.backlogBound)
        }
        do throws(SystemError) {
            try epoll.add(descriptor, .write, token: freshToken(slot))
        } catch {
            fail(check, .shortage, error.description)
            return false
        }
        check.stream.interest = .write
        return true
    }

    /// This address has failed; the next one is the caller's to try.
    private func fail(_ check: ActiveCheck, _ failure: CheckFailure, _ detail: String) {
        check.failure = failure
        check.detail = detail
        check.stream.close()
    }

    private func failed(_ check: ActiveCheck, _ slot: Int, _ failure: CheckFailure, _ detail: String) {
        fail(check, failure, detail)
        dialNext(check, slot)
    }

    /// The address's share of the time is over, or all of it.
    func timedOut(_ check: ActiveCheck, _ slot: Int) {
        switch check.stage {
        case .dialing: failed(check, slot, .timeout, "no connection in time")
        case .shakingHands: failed(check, slot, .timeout, "no TLS handshake in time")
        case .talking, .leaving:
            let failure = check.exchange?.timedOut() ?? .timeout
            drop(check, slot, reset: true)
            tell(check, .failed(failure), detail(check, failure))
        }
    }

    func dialDecided(_ check: ActiveCheck, _ slot: Int) {
        if let error = Dialer.result(of: check.stream.descriptor) {
            return failed(check, slot, CheckFailure(error), error.description)
        }
        // A port from which the system picks may be dialled from itself when nobody listens there (RFC 9293 3.5, simultaneous open).
        let address = check.job.target.addresses[check.nextAddress - 1]
        if let own = check.stream.localAddress, own.ip != nil, own.ip == address.ip, own.port == address.port {
            check.stream.close(reset: true)
            return failed(check, slot, .refused, "nobody but this check itself")
        }
        let preface = check.job.target.preface
        if !preface.isEmpty, let ending = check.stream.sendPreface(preface) {
            return failed(check, slot, Self.failure(ending), Self.words(ending))
        }
        guard check.stream.isEncrypted else { return connectionStands(check, slot) }
        check.stage = .shakingHands
        switch check.stream.beginHandshake(scratch: scratch) {
        case .failed(let ending): failed(check, slot, .tls, Self.words(ending))
        case .complete: connectionStands(check, slot)
        case .underway: watch(check, slot)
        }
    }

    func handshakeReady(_ check: ActiveCheck, _ slot: Int, _ event: Epoll.Event) {
        if event.isWritable, !check.stream.backlog.isEmpty, let ending = check.stream.flush() {
            return failed(check, slot, .tls, Self.words(ending))
        }
        guard event.isReadable else { return watch(check, slot) }
        var received = Stream.Received()
        switch check.stream.handshake(into: scratch, received: &received) {
        case .underway: watch(check, slot)
        case .failed(let ending): failed(check, slot, .tls, Self.words(ending))
        case .complete:
            connectionStands(check, slot, received)
        }
    }

    /// Of an ending that comes before the answer.
    static func failure(_ ending: Stream.Ending) -> CheckFailure {
        switch ending {
        case .fin, .truncated: .closed
        case .reset(let error): CheckFailure(error)
        case .tls: .tls
        }
    }

    static func words(_ ending: Stream.Ending) -> String {
        switch ending {
        case .fin, .truncated: "closed"
        case .reset(let error): error.description
        case .tls(let reason): reason.label.description
        }
    }
}
