import CCares
import Glibc
import Settings
import Transport
import Wire

/// One call of a resolver: its questions, and those they lead to, on one channel of c-ares that lives as long as the call. Used once,
/// by one thread; the library calls back on that thread only, from within calls of ours.
final class NameLookup {
    /// Questions under way at the same time: all their messages fit into the buffers of a socket.
    private static let mostAtOnce = 64
    private static let attempts: Int32 = 3
    private static let isLibraryReady = tidegate_ares_is_well(ares_library_init(ARES_LIB_INIT_ALL)) != 0

    /// What a question came to; services await the answers for their targets.
    private enum Ended {
        case addresses([FoundAddress])
        case services([ServiceRecord])
        case failed(NameFailure)
    }

    private let families: LocalFamilies
    private let firstAttempt: Int32
    private var channel: OpaquePointer?
    /// What to poll for, by descriptor.
    private var sockets: [Int32: Int16] = [:]
    /// The last one is next.
    private var waiting: [NameQuestion] = []
    private var underWay = 0
    private var known: Set<NameQuestion> = []
    private var ended: [NameQuestion: Ended] = [:]
    /// A call that asks is under way: what is answered meanwhile was answered without a name server, and has no TTL.
    private var isAsking = false

    init(families: LocalFamilies, firstAttempt: Int32) {
        self.families = families
        self.firstAttempt = firstAttempt
    }

    /// Blocks until all is answered or `deadline`, by `Clock.monotonic`, is reached. Called once.
    func answer(_ questions: Set<NameQuestion>, servers: [NameServer], until deadline: UInt64) -> [NameQuestion: NameAnswer] {
        guard open(servers) else { return questions.reduce(into: [:]) { $0[$1] = .failed(.exhausted) } }
        for question in questions.sorted(by: >) { want(question) }
        run(until: deadline)
        // Ends what is under way.
        ares_cancel(channel)
        ares_destroy(channel)
        return questions.reduce(into: [:]) { $0[$1] = answer($1) }
    }

    private func open(_ servers: [NameServer]) -> Bool {
        guard Self.isLibraryReady else { return false }
        var options = ares_options()
        options.timeout = max(1, firstAttempt)
        options.tries = Self.attempts
        options.sock_state_cb_data = Unmanaged.passUnretained(self).toOpaque()
        options.sock_state_cb = { context, socket, isReading, isWriting in
            guard let context else { return }
            let lookup = Unmanaged<NameLookup>.fromOpaque(context).takeUnretainedValue()
            let events = Int16(isReading != 0 ? POLLIN : 0) | Int16(isWriting != 0 ? POLLOUT : 0)
            lookup.sockets[socket] = events == 0 ? nil : events
        }
        let given = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB
        guard tidegate_ares_is_well(ares_init_options(&channel, &options, given)) != 0 else { return false }
        let list = servers.map(\.description).joined(separator: ",")
        guard servers.isEmpty || tidegate_ares_is_well(ares_set_servers_ports_csv(channel, list)) != 0 else {
            ares_destroy(channel)
            return false
        }
        return true
    }

    private func run(until deadline: UInt64) {
        while true {
            while underWay < Self.mostAtOnce, let question = waiting.popLast() { ask(question) }
            let now = Clock.monotonic()
            guard underWay > 0, now < deadline else { return }
            wait(nanoseconds: deadline - now)
        }
    }

    private func wait(nanoseconds: UInt64) {
        let milliseconds = Int(clamping: nanoseconds / 1_000_000) + 1
        var most = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        var next = timeval()
        if let due = ares_timeout(channel, &most, &next)?.pointee { most = due }
        var polled = sockets.map { pollfd(fd: $0.key, events: $0.value, revents: 0) }
        _ = poll(&polled, nfds_t(polled.count), Int32(clamping: most.tv_sec * 1000 + (most.tv_usec + 999) / 1000))
        for entry in polled where entry.revents != 0 {
            let hasFailed = entry.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
            let isReading = entry.revents & Int16(POLLIN) != 0 || hasFailed
            let isWriting = entry.revents & Int16(POLLOUT) != 0 || hasFailed && entry.events & Int16(POLLOUT) != 0
            ares_process_fd(channel, isReading ? entry.fd : ARES_SOCKET_BAD, isWriting ? entry.fd : ARES_SOCKET_BAD)
        }
        ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD)
    }

    private func want(_ question: NameQuestion) {
        if known.insert(question).inserted { waiting.append(question) }
    }

    /// What the library carries along and gives back, once for each question.
    private final class Asked {
        let lookup: NameLookup
        let question: NameQuestion

        init(_ lookup: NameLookup, _ question: NameQuestion) {
            self.lookup = lookup
            self.question = question
        }

        static func back(_ context: UnsafeMutableRawPointer?) -> Asked? {
            context.map { Unmanaged<Asked>.fromOpaque($0).takeRetainedValue() }
        }
    }

    private func ask(_ question: NameQuestion) {
        underWay += 1
        isAsking = true
        defer { isAsking = false }
        let context = Unmanaged.passRetained(Asked(self, question)).toOpaque()
        switch question {
        case .addresses(let name):
            var hints = ares_addrinfo_hints()
            hints.ai_family = AF_UNSPEC
            hints.ai_flags = ARES_AI_NOSORT
            ares_getaddrinfo(channel, name, nil, &hints, { context, status, _, result in
                Asked.back(context).map { $0.lookup.end($0.question, status, addresses: result) }
                if let result { ares_freeaddrinfo(result) }
            }, context)
        case .services(let name):
            ares_search(channel, name, CaresReply.classIN, CaresReply.typeSRV, { context, status, _, bytes, count in
                Asked.back(context).map { $0.lookup.end($0.question, status, services: bytes, count) }
            }, context)
        }
    }

    private func end(_ question: NameQuestion, _ status: Int32, addresses: UnsafeMutablePointer<ares_addrinfo>?) {
        underWay -= 1
        if let failure = NameFailure(status) {
            ended[question] = .failed(failure)
            return
        }
        let found = CaresReply.addresses(addresses, isLocal: isAsking).filter { families.canReach($0.address) }
        ended[question] = found.isEmpty ? .failed(.noData) : .addresses(FoundAddress.arranged(found))
    }

    private func end(_ question: NameQuestion, _ status: Int32, services bytes: UnsafeMutablePointer<UInt8>?, _ count: Int32) {
        underWay -= 1
        if let failure = NameFailure(status) {
            ended[question] = .failed(failure)
            return
        }
        guard let records = CaresReply.services(bytes, count) else {
            ended[question] = .failed(.badAnswer)
            return
        }
        let services = ServiceRecord.arranged(records)
        ended[question] = services.isEmpty ? .failed(.noData) : .services(services)
        for service in services { want(Self.question(service)) }
    }

    /// A target is a whole name: the search list is not for it.
    private static func question(_ service: ServiceRecord) -> NameQuestion { .addresses(service.target + ".") }

    private func answer(_ question: NameQuestion) -> NameAnswer {
        switch ended[question] {
        case .addresses(let found): .found(found)
        case .services(let services): answer(services)
        case .failed(let failure): .failed(failure)
        case nil: .failed(.timedOut)
        }
    }

    /// The addresses of a service's targets. A target that does not exist is left out; one that no server could tell about stays open.
    private func answer(_ services: [ServiceRecord]) -> NameAnswer {
        var found: [FoundAddress] = []
        var open: [ServiceRecord] = []
        var failure: NameFailure?
        for service in services {
            switch answer(Self.question(service)) {
            case .found(let addresses, _): found += addresses.map { FoundAddress($0.address, ttl: $0.ttl, service: service) }
            case .failed(let reason) where reason.isAboutName: break
            case .failed(let reason):
                open.append(service)
                failure = failure ?? reason
            }
        }
        return found.isEmpty ? .failed(failure ?? .noData) : .found(FoundAddress.arranged(found), open: open)
    }
}
