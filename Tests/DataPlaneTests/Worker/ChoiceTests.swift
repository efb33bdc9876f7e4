import Dispatch
import Balancing
import Support
import Synchronization
import Testing
import Transport

@testable import DataPlane

/// Whom a request is given to, with real sockets and two workers.
@Suite(.serialized) struct ChoiceTests {
    /// Pools of two or three backends that echo, or that answer every request by `answers`.
    private struct Stage {
        let backends: [RawBackend]
        let proxy: ProxyUnderTest

        init(_ count: Int, pool: String = "", serve: @escaping @Sendable (RawSocket) -> Void = RawBackend.echo) throws {
            try self.init(Array(repeating: serve, count: count), pool: pool)
        }

        init(_ serve: [@Sendable (RawSocket) -> Void], pool: String = "") throws {
            backends = try serve.map { try RawBackend($0) }
            let lines = pool.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
            proxy = try ProxyUnderTest(backends: backends.map(\.port), extra: lines)
        }

        func condition(_ index: Int) -> BackendCondition {
            proxy.registry.condition(pool: "pool", label: "127.0.0.1:\(backends[index].port)")
        }

        /// An upgrade for `target`, and the head of its answer.
        func upgrade(_ target: String = "/chat") throws -> (socket: RawSocket, head: String) {
            let socket = try #require(RawSocket.connected(port: proxy.port))
            socket.send(Array(ProxyUnderTest.request.replacing("/chat", with: target).utf8))
            return (socket, socket.receive(through: "\r\n\r\n"))
        }

        /// The head of the answer to a plain request.
        func ask(_ fields: String = "") throws -> String {
            let socket = try #require(RawSocket.connected(port: proxy.port))
            socket.send(Array("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8))
            return socket.receive(through: "\r\n\r\n")
        }

        /// The one backend that has tunnels; nil when there is none, or another one.
        var only: Int? {
            let busy = backends.indices.filter { proxy.live($0) > 0 }
            return busy.count == 1 ? busy.first : nil
        }

        var isEmpty: Bool { backends.indices.allSatisfy { proxy.live($0) == 0 } }
    }

    /// Says a name in a field to whatever it is asked, until the connection ends.
    private static func named(_ name: String, status: String = "200 OK") -> @Sendable (RawSocket) -> Void {
        { socket in
            while !socket.receive(through: "\r\n\r\n").isEmpty {
                socket.send(Array("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nX-Name: \(name)\r\n\r\n".utf8))
            }
        }
    }

    private func field(_ name: String, _ head: String) -> String? {
        let lines = head.split(separator: "\r\n").filter { $0.lowercased().hasPrefix(name + ": ") }
        return lines.count == 1 ? String(lines[0].dropFirst(name.count + 2)) : nil
    }

    // MARK: Conditions

    @Test func `a backend that drains gets nothing new and keeps what it has`() throws {
        let stage = try Stage(2)
        let first = try stage.upgrade()
        let index = try #require(stage.only)
        stage.condition(index).administrative = .drain
        let others = try (0..<4).map { _ in try stage.upgrade() }
        #expect(others.allSatisfy { $0.head.hasPrefix("HTTP/1.1 101 ") })
        #expect(stage.proxy.live(index) == 1 && stage.proxy.live(1 - index) == 4)
        first.socket.send(TestFrame.text("still here", masked: true).bytes)
        #expect(first.socket.receive(exactly: 16).count == 16)
        stage.condition(1 - index).saysDraining = true
        #expect(try stage.upgrade().head.hasPrefix("HTTP/1.1 503 "))
        #expect(stage.proxy.registry.route("all").upgradeFailures(.noBackend) == 1)
        stage.condition(index).administrative = .ready
        let back = try stage.upgrade()
        #expect(back.head.hasPrefix("HTTP/1.1 101 ") && stage.proxy.live(index) == 2)
    }

    @Test(arguments: [1, 2]) func `when all are down the panic rule tries them, unless it is off`(count: Int) throws {
        let usual = try Stage(count)
        let strict = try Stage(count, pool: "panic: 0")
        for index in 0..<count {
            usual.condition(index).health = .down
            strict.condition(index).health = .down
        }
        #expect(try usual.upgrade().head.hasPrefix("HTTP/1.1 101 "))
        #expect(try strict.upgrade().head.hasPrefix("HTTP/1.1 503 "))
        strict.condition(0).health = .up
        #expect(try strict.upgrade().head.hasPrefix("HTTP/1.1 101 "))
    }

    @Test func `dials under way are counted back to nothing, whatever comes of them`() throws {
        let stage = try Stage(1, pool: "max_dials: 1")
        for _ in 0..<3 { #expect(try stage.upgrade().head.hasPrefix("HTTP/1.1 101 ")) }
        #expect(stage.condition(0).dialsInFlight == 0)
        #expect(stage.condition(0).beginDial(limit: 1))
        // Whoever finds nothing but a dial in the way waits for its end.
        let (condition, places) = (stage.condition(0), stage.proxy.pool.places)
        DispatchQueue.global().async { if eventually({ places.waiting == 1 }) { condition.endDial() } }
        #expect(try stage.upgrade().head.hasPrefix("HTTP/1.1 101 "))
        stage.backends[0].stop()
        #expect(eventually { ((try? stage.upgrade().head) ?? "").hasPrefix("HTTP/1.1 503 ") })
        #expect(eventually { stage.condition(0).dialsInFlight == 0 })
    }

    @Test(arguments: [1, 2]) func `a kept connection serves a plain request although no dial may begin`(count: Int) throws {
        let stage = try Stage(Array(repeating: Self.named("one"), count: count), pool: "max_dials: 1\nkeep_alive: { connections: 4 }")
        let client = try #require(RawSocket.connected(port: stage.proxy.port))
        func answer() -> Substring {
            client.send(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            return client.receive(through: "\r\n\r\n").prefix(12)
        }
        #expect(answer() == "HTTP/1.1 200")
        for index in 0..<count { #expect(stage.condition(index).beginDial(limit: 1)) }
        #expect(answer() == "HTTP/1.1 200")
        // It does not stand behind one who needs a dial.
        let upgrade = try #require(RawSocket.connected(port: stage.proxy.port))
        upgrade.send(Array(ProxyUnderTest.request.utf8))
        #expect(eventually { stage.proxy.pool.places.waiting == 1 } && answer() == "HTTP/1.1 200")
        #expect(stage.proxy.pool.places.waiting == 1 && stage.backends.map(\.connections).reduce(0, +) == 1)
        for index in 0..<count { stage.condition(index).endDial() }
        #expect(upgrade.receive(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200"))
    }

    @Test func `slow start counts connections that stand, and no dial that failed`() throws {
        let stage = try Stage(1, pool: "slow_start: { period: 1h, connections: 100 }")
        let condition = stage.condition(0)
        condition.beganSlowly(at: Clock.monotonic())
        #expect(try stage.upgrade().head.hasPrefix("HTTP/1.1 101 ") && condition.givenSince.load(ordering: .relaxed) == 1)
        stage.backends[0].stop()
        #expect(eventually { ((try? stage.upgrade().head) ?? "").hasPrefix("HTTP/1.1 503 ") })
        #expect(condition.givenSince.load(ordering: .relaxed) == 1)
    }

    // MARK: Hash

    @Test func `one room is one backend, and stays where it has moved while it is there`() throws {
        let stage = try Stage(3, pool: "balance: hash\nhash: { key: query.room, max_load: off }")
        var room = try (0..<6).map { _ in try stage.upgrade("/chat?room=blue").socket }
        let home = try #require(stage.only)
        #expect(stage.proxy.live(home) == 6)
        room.removeAll()
        #expect(eventually { stage.isEmpty })
        stage.condition(home).administrative = .drain
        let guest = try stage.upgrade("/chat?room=blue").socket
        let away = try #require(stage.only)
        #expect(away != home)
        stage.condition(home).administrative = .ready
        room = try (0..<4).map { _ in try stage.upgrade("/chat?room=blue").socket }
        #expect(stage.only == away && stage.proxy.live(away) == 5)
        room.removeAll()
        guest.stop()
        #expect(eventually { stage.isEmpty })
        let again = try stage.upgrade("/chat?room=blue")
        #expect(again.head.hasPrefix("HTTP/1.1 101 ") && stage.only == home)
    }

    @Test func `rooms spread over all backends, and a room that was refused holds nothing`() throws {
        let stage = try Stage(3, pool: "balance: hash\nhash: { key: query.room }")
        let sockets = try (0..<40).map { try stage.upgrade("/chat?room=\($0)").socket }
        #expect((0..<3).allSatisfy { stage.proxy.live($0) > 0 } && sockets.count == 40)
        let deaf = try Stage([RawBackend.refuse, RawBackend.refuse], pool: "balance: hash\nhash: { key: query.room }")
        #expect(try deaf.upgrade("/chat?room=blue").head.hasPrefix("HTTP/1.1 403 "))
        #expect(eventually { deaf.isEmpty })
        // A key of one part is the hash of its bytes.
        let hash = try #require(deaf.proxy.snapshot.pools["pool"]?.hash)
        #expect(hash.placements != nil && eventually { hash.held(StableHash.hash("blue")) == nil })
    }

    // MARK: Cookies

    private static let sticky = "sticky: { cookie: tide, keys: [ 0123456789abcdef0123456789abcdef ] }"

    @Test func `a cookie brings a client back, and only a good one does`() throws {
        let stage = try Stage([Self.named("one"), Self.named("two")], pool: Self.sticky)
        let first = try stage.ask()
        let set = try #require(field("set-cookie", first))
        let cookie = try #require(set.split(separator: ";").first)
        #expect(set.hasSuffix("; Path=/; HttpOnly; SameSite=Lax") && cookie.hasPrefix("tide=") && cookie.count == 39)
        for _ in 0..<4 {
            let later = try stage.ask("Cookie: a=b; \(cookie)\r\n")
            #expect(field("x-name", later) == field("x-name", first) && field("set-cookie", later) == nil)
        }
        for forged in ["tide=\(String(repeating: "A", count: 34))", String(cookie.dropLast()) + "!", "tide="] {
            let names = try (0..<2).map { _ in
                let answer = try stage.ask("Cookie: \(forged)\r\n")
                #expect(field("set-cookie", answer) != nil)
                return field("x-name", answer)
            }
            #expect(Set(names) == ["one", "two"])
        }
        let index = field("x-name", first) == "one" ? 0 : 1
        stage.condition(index).administrative = .drain
        let moved = try stage.ask("Cookie: \(cookie)\r\n")
        #expect(field("x-name", moved) != field("x-name", first) && field("set-cookie", moved)?.hasPrefix("tide=") == true)
    }

    @Test func `the 101 of a tunnel brings the cookie, too`() throws {
        let stage = try Stage(2, pool: Self.sticky)
        let head = try stage.upgrade().head
        #expect(head.hasPrefix("HTTP/1.1 101 ") && field("set-cookie", head)?.hasPrefix("tide=") == true)
    }

    // MARK: Another backend

    @Test func `an upgrade answered with 503 is tried at another backend, and the last answer is the client's`() throws {
        let refusing = Self.named("no", status: "503 Service Unavailable")
        let stage = try Stage([refusing, RawBackend.echo], pool: "retry: { statuses: [503] }")
        for _ in 0..<4 { #expect(try stage.upgrade().head.hasPrefix("HTTP/1.1 101 ")) }
        let hopeless = try Stage([refusing, refusing], pool: "retry: { statuses: [503] }")
        let last = try hopeless.upgrade().head
        #expect(last.hasPrefix("HTTP/1.1 503 ") && field("x-name", last) == "no")
        #expect(hopeless.backends.map(\.connections) == [1, 1] && eventually { hopeless.isEmpty })
        let proud = try Stage([refusing, RawBackend.echo])
        let heads = try (0..<2).map { _ in try proud.upgrade().head.prefix(12) }
        #expect(Set(heads) == ["HTTP/1.1 101", "HTTP/1.1 503"])
    }

    // MARK: Reports

    @Test func `what fails at a backend is reported, and what goes well only after that`() throws {
        let stage = try Stage(
            [{ socket in
                _ = socket.receive(through: "\r\n\r\n")
                socket.send(Array(RawBackend.switching.utf8))
            }], pool: "ejection: { early_death: 5m }")
        let registry = stage.proxy.registry
        let dead = try stage.upgrade()
        #expect(dead.head.hasPrefix("HTTP/1.1 101 "))
        var kinds: [PassiveReport.Kind] = []
        #expect(eventually {
            kinds += registry.reports.take().map(\.kind)
            return !kinds.isEmpty
        })
        #expect(kinds == [.failed] && stage.condition(0).wasUnwell)

        let well = try Stage(1, pool: "ejection: { early_death: 20ms }")
        let quiet = try well.upgrade()
        #expect(quiet.head.hasPrefix("HTTP/1.1 101 "))
        // Its proof is due before the next one's.
        well.condition(0).wasUnwell = true
        let told = try well.upgrade()
        kinds = []
        #expect(eventually {
            kinds += well.proxy.registry.reports.take().map(\.kind)
            return kinds.contains(.succeeded)
        })
        #expect(told.head.hasPrefix("HTTP/1.1 101 ") && !kinds.contains(.failed))

        let silent = try Stage(1)
        silent.backends[0].stop()
        #expect(eventually { ((try? silent.upgrade().head) ?? "").hasPrefix("HTTP/1.1 503 ") })
        #expect(silent.proxy.registry.reports.take().isEmpty && !silent.condition(0).wasUnwell)
    }

    @Test func `a tunnel is closed with 1012 when its time is over`() throws {
        let stage = try Stage(1, pool: "max_lifetime: { time: 1s, jitter: 100 }")
        let (socket, head) = try stage.upgrade()
        #expect(head.hasPrefix("HTTP/1.1 101 "))
        let close = socket.receive(exactly: 4)
        #expect(close.count == 4 && close.first == 0x88 && Array(close.suffix(2)) == [0x03, 0xF4])
    }
}
