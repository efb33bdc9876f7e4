import Dispatch
import Glibc
import Session
import Support
import Synchronization
import Testing
import Transport

@testable import ControlPlane

/// Answers right and wrong, late and endless, over real sockets (rows B7, U14 and U17).
@Suite struct CheckAnsweringTests {
    private let bench: CheckBench

    init() throws { bench = try CheckBench() }

    @Test func `a whole answer passes, and the backend sees an orderly end`() throws {
        for ends in [false, true] {
            let backend = try CheckBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready", ends: ends)
            #expect(try bench.check([backend.address], .plain(body: "ready")).outcome == .passed)
            #expect(backend.haveEnded() && backend.orderlyEnds == 1)
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 503 X\r\nContent-Length: 4\r\n\r\nbusy", CheckOutcome.failed(.status), "status 503"),
        ("HTTP/1.1 503 X\r\nContent-Length: 8\r\n\r\ndraining", .draining, ""),
        ("HTTP/1.1 200 OK\r\nX-Tidegate-State: draining\r\n\r\n", .draining, ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell", .failed(.body), "status 200"),
        ("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", .failed(.badAnswer), "status 101"),
        ("\u{16}\u{3}\u{1}garbage\r\n", .failed(.badAnswer), ""),
    ])
    func `what an answer comes to`(_ answer: String, _ outcome: CheckOutcome, _ detail: String) throws {
        let backend = try CheckBackend.answering(answer)
        let result = try bench.check([backend.address], .plain(body: "ready"))
        #expect(result.outcome == outcome && result.detail == detail)
        #expect(backend.haveEnded())
    }

    @Test func `a backend that ends before it answers has closed, with FIN or RST`() throws {
        let backend = try CheckBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", ends: true)
        #expect(try bench.check([backend.address], .plain).outcome == .failed(.closed))
        let reset = try CheckBackend { socket in
            _ = socket.receive(through: "\r\n\r\n")
            socket.resetOnClose()
            // The socket goes, and its number stays its owner's to close.
            let null = open("/dev/null", O_RDONLY)
            dup2(null, socket.descriptor)
            close(null)
        }
        #expect(try bench.check([reset.address], .plain).outcome == .failed(.closed))
    }

    @Test func `an answer that comes late, or hangs in its body, has failed at its deadline`() throws {
        // Time enough for the head to come, on a slow machine too.
        let timeout = 2 * CheckBench.second
        let late = try CheckBackend.answering("")
        let hanging = try CheckBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        bench.runner.begin(id: 1, target: try CheckBench.target([late.address], .plain, timeout: timeout))
        bench.runner.begin(id: 2, target: try CheckBench.target([hanging.address], .plain, timeout: timeout))
        for _ in 0..<2 {
            let result = try #require(bench.next())
            #expect(result.outcome == .failed(.timeout) && result.detail == (result.id == 1 ? "" : "status 200"))
            #expect(result.nanoseconds >= timeout && result.nanoseconds < 8 * timeout)
        }
        #expect(late.haveEnded() && hanging.haveEnded())
    }

    @Test func `what is answered after the deadline reaches nobody`() throws {
        let goOn = DispatchSemaphore(value: 0)
        let backend = try CheckBackend { socket in
            _ = socket.receive(through: "\r\n\r\n")
            _ = goOn.wait(timeout: .now() + .seconds(20))
            socket.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8))
        }
        #expect(try bench.check([backend.address], .plain, timeout: CheckBench.second / 10).outcome == .failed(.timeout))
        goOn.signal()
        #expect(backend.haveEnded())
        // Its place is another check's by now.
        let other = try CheckBackend.answering("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")
        #expect(try bench.check([other.address], .plain).outcome == .failed(.status))
    }

    @Test func `of a body of 1 GiB little is read`() throws {
        let total = 1 << 30
        let counter = Counter()
        let backend = try CheckBackend { socket in
            _ = socket.receive(through: "\r\n\r\n")
            socket.shrinkBuffers(to: 64 * 1024)
            socket.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n".utf8))
            let block = [UInt8](repeating: 0x61, count: 64 * 1024)
            while counter.value < total {
                let count = block.withUnsafeBytes { send(socket.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { return }
                counter.add(count)
            }
        }
        #expect(try bench.check([backend.address], .plain).outcome == .passed)
        #expect(backend.haveEnded())
        // What lay in the buffers of both systems, and never more.
        #expect(counter.value < 16 << 20)
    }

    @Test func `a tunnel with a pong passes, and ends with a Close and a FIN`() throws {
        let log = FrameLog()
        let backend = try CheckBackend.switching { socket in
            while let frame = socket.frame() {
                log.add(frame)
                if frame.opcode == 9 { socket.send(TestFrame(0x8A, frame.payload, masked: false).bytes) }
                if frame.opcode == 8 { socket.send(TestFrame.close(1000, masked: false).bytes) }
            }
        }
        #expect(try bench.check([backend.address], .ping).outcome == .passed)
        #expect(backend.haveEnded() && backend.orderlyEnds == 1)
        #expect(log.all.map(\.first) == [0x89, 0x88] && log.all.last?.closeCode == 1000)
        #expect(log.all.allSatisfy { $0.key != nil })
    }

    @Test func `a text is echoed`() throws {
        let backend = try CheckBackend.switching { socket in
            guard let frame = socket.frame() else { return }
            socket.send(TestFrame(frame.first, frame.payload, masked: false).bytes)
        }
        let kind = CheckKind.websocket(WebSocketCheck(host: "a", send: "are you there", expect: "you there"))
        #expect(try bench.check([backend.address], kind).outcome == .passed)
    }

    @Test func `a tunnel that stays silent, or ends, has failed`() throws {
        let silent = try CheckBackend.switching()
        let text = CheckKind.websocket(WebSocketCheck(host: "a", send: "hi", expect: "hello"))
        // Time enough for the handshake, on a slow machine too.
        for (id, kind) in [(UInt64(1), CheckKind.ping), (2, text)] {
            bench.runner.begin(id: id, target: try CheckBench.target([silent.address], kind, timeout: 2 * CheckBench.second))
        }
        for _ in 0..<2 {
            let result = try #require(bench.next())
            #expect(result.outcome == .failed(result.id == 1 ? .noPong : .noExpected))
        }
        #expect(silent.haveEnded(2))
        let closing = try CheckBackend.switching { $0.send(TestFrame.close(1013, masked: false).bytes) }
        #expect(try bench.check([closing.address], .ping).outcome == .failed(.closed))
        let ending = try CheckBackend.switching { $0.endSending() }
        #expect(try bench.check([ending.address], .ping).outcome == .failed(.closed))
    }

    @Test func `a handshake with the sample accept of the RFC is nobody's`() throws {
        let backend = try CheckBackend.answering(
            "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
        #expect(try bench.check([backend.address], .ping).outcome == .failed(.badHandshake))
        let plain = try CheckBackend.answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        let result = try bench.check([plain.address], .ping)
        #expect(result.outcome == .failed(.status) && result.detail == "status 404")
    }
}

/// A number that a backend's thread counts up.
private final class Counter: Sendable {
    private let cell = Atomic<Int>(0)
    var value: Int { cell.load(ordering: .relaxed) }
    func add(_ count: Int) { cell.wrappingAdd(count, ordering: .relaxed) }
}

/// The frames that a backend's thread saw.
private final class FrameLog: Sendable {
    private let frames = Guarded<[TestFrame]>([])
    var all: [TestFrame] { frames.withLock { $0 } }
    func add(_ frame: TestFrame) { frames.withLock { $0.append(frame) } }
}
