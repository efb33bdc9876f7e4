import Testing
import Wire

@testable import ControlPlane

/// SRV records, and the addresses behind them.
@Suite struct NameResolverServiceTests {
    private let service = "_ws._tcp.chat.test."

    private func record(_ priority: UInt16, _ weight: UInt16, _ port: UInt16, _ target: String) -> ServiceRecord {
        ServiceRecord(priority: priority, weight: weight, port: port, target: target)
    }

    @Test func `records come with the addresses of their targets, by priority, then the heavier first`() {
        let server = TestNameServer { query in
            switch query.name {
            case "_ws._tcp.chat.test" where query.isService:
                [
                    query.reply([
                        .service(query.name, 10, 5, 9002, "b.test"), .service(query.name, 0, 1, 9001, "A.test"),
                        .service(query.name, 10, 60, 9003, "c.test"),
                    ])
                ]
            case "a.test": [query.addresses(["192.0.2.1", "2001:db8::1"], ttl: 20)]
            case "b.test": [query.addresses(["192.0.2.2"])]
            case "c.test": [query.addresses(["192.0.2.3"], ttl: 300)]
            default: [query.noSuchName]
            }
        }
        let first = record(0, 1, 9001, "a.test")
        #expect(
            ResolverBench(server).resolve(.services(service))
                == .found([
                    FoundAddress(ip("192.0.2.1"), ttl: 20, service: first), FoundAddress(ip("2001:db8::1"), ttl: 20, service: first),
                    FoundAddress(ip("192.0.2.3"), ttl: 300, service: record(10, 60, 9003, "c.test")),
                    FoundAddress(ip("192.0.2.2"), ttl: 60, service: record(10, 5, 9002, "b.test")),
                ]))
    }

    @Test func `targets are asked for once each`() {
        let server = TestNameServer { query in
            if query.isService {
                return [query.reply((1...9).map { .service(query.name, 0, 0, $0, "a") })]
            }
            return [query.name == "a" ? query.addresses(["192.0.2.1"]) : query.noSuchName]
        }
        #expect(
            ResolverBench(server).resolve(.services(service))
                == .found((1...9).map { FoundAddress(ip("192.0.2.1"), ttl: 60, service: record(0, 0, $0, "a")) }))
        #expect(server.questions.map(\.name).sorted() == ["_ws._tcp.chat.test", "a", "a"])
    }

    @Test func `a target that does not exist is left out; one that is not answered stays open`() {
        let server = TestNameServer { query in
            switch query.name {
            case "a.test": [query.addresses(["192.0.2.1"])]
            case "mute.test": [query.reply(code: 2)]
            case _ where query.isService:
                [query.reply(["a.test", "gone.test", "mute.test"].map { .service(query.name, 0, 1, 80, $0) })]
            default: [query.noSuchName]
            }
        }
        #expect(
            ResolverBench(server).resolve(.services(service))
                == .found(
                    [FoundAddress(ip("192.0.2.1"), ttl: 60, service: record(0, 1, 80, "a.test"))],
                    open: [record(0, 1, 80, "mute.test")]))
    }

    @Test func `a service whose targets all fail has failed`() {
        let server = TestNameServer { query in
            [query.isService ? query.reply([.service(query.name, 0, 1, 80, "a.test")]) : query.reply(code: 5)]
        }
        let reasons: Set<NameFailure> = [.refused, .unreachable]
        #expect(ResolverBench(server).failure(.services(service)).map(reasons.contains) == true)
    }

    @Test func `the root as a target and port 0 are no service`() {
        let server = TestNameServer { query in
            guard query.isService else { return [query.addresses(["192.0.2.66"])] }
            return [query.reply([.service(query.name, 0, 0, 80, ""), .service(query.name, 0, 0, 0, "a.test")])]
        }
        #expect(ResolverBench(server).resolve(.services(service)) == .failed(.noData))
        #expect(server.questions.count == 1)
    }

    @Test func `at most 256 records are used, the first in order`() {
        let server = TestNameServer { query in
            guard query.isService else { return [query.addresses(["192.0.2.1"])] }
            let records = (1...400).map { TestRecord.service(query.name, UInt16($0), 0, UInt16($0), "a.test") }
            return [query.isTCP ? query.reply(records.shuffled()) : query.reply(truncated: true)]
        }
        #expect(
            ResolverBench(server).resolve(.services(service))
                == .found((1...256).map { FoundAddress(ip("192.0.2.1"), ttl: 60, service: record($0, 0, $0, "a.test")) }))
    }

    @Test func `a place that two records lead to is there once, with the better record`() {
        let server = TestNameServer { query in
            guard query.isService else { return [query.addresses(["192.0.2.1"])] }
            return [query.reply([.service(query.name, 7, 0, 80, "a.test"), .service(query.name, 3, 0, 80, "b.test")])]
        }
        #expect(
            ResolverBench(server).resolve(.services(service))
                == .found([FoundAddress(ip("192.0.2.1"), ttl: 60, service: record(3, 0, 80, "b.test"))]))
    }

    @Test func `a service that does not exist, or has no record, has failed`() {
        let missing = TestNameServer { [$0.noSuchName] }
        #expect(ResolverBench(missing).resolve(.services(service)) == .failed(.noName))
        let empty = TestNameServer { [$0.reply()] }
        #expect(ResolverBench(empty).resolve(.services(service)) == .failed(.noData))
    }
}
