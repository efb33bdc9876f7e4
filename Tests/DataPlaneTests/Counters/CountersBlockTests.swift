import DataPlane
import Synchronization
import Testing

@Suite("Counter blocks")
struct CountersBlockTests {
    @Test("a cell that does not exist is ignored and reads as nothing", arguments: [-1, 4, Int.max, Int.min])
    func outOfRange(_ cell: Int) {
        let block = CounterBlock(cells: 4)
        block.add(cell, 5)
        #expect(block.load(cell) == 0)
        #expect((0..<4).allSatisfy { block.load($0) == 0 })
    }

    @Test("a nonsensical size gives one usable cell", arguments: [0, -7, Int.min])
    func sizes(_ cells: Int) {
        let block = CounterBlock(cells: cells)
        block.add(0)
        #expect(block.count == 1)
        #expect(block.load(0) == 1)
    }

    @Test("a worker index out of range counts in a spare block, and in nobody else's")
    func spare() {
        let blocks = WorkerBlocks(workers: 2, cells: 1)
        blocks.block(0).add(0, 1)
        blocks.block(1).add(0, 10)
        for index in [2, -1, Int.max, Int.min] { blocks.block(index).add(0, 100) }
        #expect(blocks.block(0).load(0) == 1)
        #expect(blocks.block(1).load(0) == 10)
        #expect(blocks.sum(0) == 411)
    }

    @Test("every worker writes its own cells without a lock, and the sum is exact")
    func exactSums() async {
        let workers = 4
        let rounds = 200_000
        let meter = PoolMeter(name: "p", workers: workers)
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    let cells = meter.worker(worker)
                    for round in 0..<rounds {
                        cells.message(.toBackend, .text)
                        cells.bytes(.toClient, 3)
                        cells.close(side: .client, code: 3000 + UInt16(truncatingIfNeeded: round % 8))
                        cells.pingRTT(side: .backend, nanoseconds: 1_000_000)
                    }
                }
            }
            group.addTask {
                // A scrape in between sees numbers that never fall.
                var last: UInt64 = 0
                for _ in 0..<200 {
                    let now = meter.messages(.toBackend, .text)
                    #expect(now >= last)
                    last = now
                    _ = meter.closes(.client)
                }
            }
        }
        let total = UInt64(workers * rounds)
        #expect(meter.messages(.toBackend, .text) == total)
        #expect(meter.bytes(.toClient) == total * 3)
        #expect(meter.closes(.client).map(\.code) == (3000..<3008).map { "\($0)" })
        #expect(meter.closes(.client).reduce(0) { $0 + $1.count } == total)
        let pings = meter.pingRTTs(.backend)
        #expect(pings?.counts.reduce(0, +) == total)
        #expect(pings?.sumSeconds == Double(total) / 1000)
    }
}
