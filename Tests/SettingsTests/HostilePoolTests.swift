import Testing

@testable import Settings

/// Row L1, for the keys of pools: a file that was cut or changed leaves a clean problem.
@Suite struct HostilePoolTests {
    private static let text = """
        listeners: [ { name: a, bind: "[::]:1" } ]
        routes: [ { pool: p }, { path: /q, pool: q } ]
        zone: z
        pools:
          p:
            balance: hash
            hash: { key: [ address, header.A, cookie.b, query.c, path.2 ], max_load: 1.25, hold: true }
            backends: [ { url: "srv+ws://h", backup: true, zone: z, state: maint }, { url: "ws://i", priority: 15, resolve: each } ]
            sticky:
              cookie: { name: __Host-t, path: /, max_age: 1h, secure: true, http_only: true, same_site: none }
              keys: [ file:k ]
            check: { type: http, interval: 5s, fast_interval: 1s, port: 9, status: [ 200-299, 301 ], path: /h?a, body: b }
            ejection: { failures: 1, early_death: 2s, base: 1s, longest: 1m, max_share: 50 }
            when_down: close
          q:
            backends: [ "ws://h" ]
            check: { type: websocket, subprotocol: s, ping: true, send: a, expect: b, rise: 1, fall: 1, start: down }
            slow_start: { period: 30s, connections: 100 }
            panic: 0
            max_connections: 9
            queue: { size: 1, timeout: 5s }
            max_dials: 100
            retry: { attempts: 3, statuses: [ 502 ] }
            max_lifetime: { time: 4h, jitter: 10 }
            rebalance: { threshold: 1.2, share: 5, interval: 10s }
            drain: { per_second: 50 }
        limits: { max_tls_handshakes: 64 }
        resolver: { servers: [ 10.0.0.2, "[::1]:53" ] }

        """

    @Test func `L1: a file of all keys of pools, cut or changed in many places, is read or refused, never a trap`() throws {
        func outcome(_ bytes: [UInt8]) -> Result<Settings, Problems> {
            SettingsReader.read(bytes: bytes, file: "/t.yaml") { _ in Array(repeating: 0x66, count: 32) }
        }
        let bytes = Array(Self.text.utf8)
        let whole = try outcome(bytes).get()
        #expect(whole.pools.count == 2)
        #expect(whole.warnings.isEmpty)
        // An odd stride: it comes upon every replacement, and the whole takes a second or two.
        for index in stride(from: 0, to: bytes.count, by: 3) {
            if index % 5 == 0, case .failure(let problems) = outcome(Array(bytes[..<index])) {
                #expect(!problems.errors.isEmpty)
            }
            var changed = bytes
            changed[index] = [0, 0x20, 0x22, 0x25, 0x2f, 0x7d, 0x0a, 0x39, 0x2e, 0x2d, 0xff][index / 3 % 11]
            if case .failure(let problems) = outcome(changed) { #expect(!problems.errors.isEmpty) }
        }
    }
}
