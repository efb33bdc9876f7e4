import Telemetry

/// Where in a pool's block each counter stands. What is touched for every message comes first and shares its cache lines.
enum PoolLayout {
    private static var directions: Int { 2 }
    private static var opcodes: Int { 6 }
    private static var sides: Int { 3 }
    /// Close codes 1000 to 1015 have a cell each.
    static var standardCodes: Range<UInt16> { 1000..<1016 }

    @inline(__always) static func message(_ direction: Direction, _ opcode: Opcode) -> Int {
        direction.index &* 6 &+ opcode.index
    }
    @inline(__always) static func bytes(_ direction: Direction) -> Int { 12 &+ direction.index }
    @inline(__always) static func pauses(_ direction: Direction) -> Int { 14 &+ direction.index }
    @inline(__always) static func buffered(_ direction: Direction) -> Int { 16 &+ direction.index }
    /// Three kinds.
    @inline(__always) static func streams(_ kind: StreamKind) -> Int { 18 &+ kind.index }
    @inline(__always) static var idle: Int { 21 }
    @inline(__always) static var reuses: Int { 22 }
    private static var firstClose: Int { 23 }
    static func close(_ side: Side, standard code: UInt16) -> Int {
        firstClose + side.index * standardCodes.count + Int(code &- standardCodes.lowerBound)
    }

    static let privateCloses = CodeTable(start: firstClose + sides * standardCodes.count, slots: 16, groups: sides)
    static let requests = CodeTable(start: end(privateCloses), slots: 32, groups: 1)
    static let clientPing = HistogramCells(start: end(requests), shape: .latency)
    static let backendPing = HistogramCells(start: end(clientPing), shape: .latency)
    static let upgrade = HistogramCells(start: end(backendPing), shape: .latency)
    static let connect = HistogramCells(start: end(upgrade), shape: .latency)
    static let tunnel = HistogramCells(start: end(connect), shape: .lifetime)
    static let request = HistogramCells(start: end(tunnel), shape: .request)
    static let tls = HistogramCells(start: end(request), shape: .latency)
    static let queue = HistogramCells(start: end(tls), shape: .latency)
    /// Cells a block needs.
    static let cells = end(queue)

    private static func end(_ table: CodeTable) -> Int { table.start + table.cells }
    private static func end(_ histogram: HistogramCells) -> Int { histogram.start + histogram.cells }
}
