import Testing

@testable import Settings

@Suite struct HashKeysTests {
    private func hash(_ keys: String) throws -> HashSettings? {
        try pool("balance: hash, hash: { \(keys) }")?.hash
    }

    @Test func `hash is one of the ways to balance, and needs nothing but a key`() throws {
        let pool = try #require(try pool("balance: hash, hash: { key: address }"))
        #expect(pool.balance == .hash)
        #expect(pool.hash == HashSettings(parts: [.address], maxLoadPerMille: 1250, holds: true))
        #expect(try SettingsTests.pool("balance: random")?.hash == nil)
        #expect(try SettingsTests.pool("hash: ")?.hash == nil)
    }

    @Test(
        arguments: [
            ("address", .address), ("host", .host), ("subprotocol", .subprotocol), ("header.X-Room", .header("x-room")),
            ("cookie.Room.1", .cookie("Room.1")), ("query.room", .query("room")), ("query.f[a]", .query("f[a]")),
            ("path.1", .path(1)), ("path.64", .path(64)),
        ] as [(String, HashKeyPart)])
    func `each part of a key is read`(text: String, part: HashKeyPart) throws {
        #expect(try hash("key: \"\(text)\"")?.parts == [part])
        #expect(try hash("key: [ \"\(text)\" ]")?.parts == [part])
        #expect(try HashKeyText.read(part.description) == part)
    }

    @Test func `parts keep their order`() throws {
        #expect(try hash("key: [ query.room, host, path.2 ]")?.parts == [.query("room"), .host, .path(2)])
    }

    @Test func `the bound and the hold can be changed or left off`() throws {
        #expect(
            try hash("key: host, max_load: 1.5, hold: false")
                == HashSettings(parts: [.host], maxLoadPerMille: 1500, holds: false))
        #expect(try hash("key: host, max_load: off")?.maxLoadPerMille == nil)
        #expect(try hash("key: host, max_load: 10")?.maxLoadPerMille == 10_000)
        #expect(try hash("key: host, max_load: 1.01")?.maxLoadPerMille == 1010)
    }

    @Test(arguments: [
        ("{ }", "hash: `key` is missing; write key: address"), ("{ key: }", "hash.key: has no value"),
        ("{ key: [] }", "hash.key: the list of parts is empty"),
        ("{ key: adress }", "hash.key: `adress` is no part of a key; did you mean `address`?"),
        ("{ key: uri }", "`uri` is no part of a key; write address, host, header.NAME"),
        ("{ key: header }", "the name of the field is missing; write header.NAME"),
        ("{ key: header. }", "this is no name of a header field"), ("{ key: \"header.a b\" }", "this is no name of a header field"),
        ("{ key: cookie }", "the name of the cookie is missing"), ("{ key: \"cookie.a=b\" }", "this is no name of a cookie"),
        ("{ key: query }", "the name of the parameter is missing"), ("{ key: query. }", "this is no name of a parameter"),
        ("{ key: \"query.a&b\" }", "this is no name of a parameter"), ("{ key: query.a%20 }", "this is no name of a parameter"),
        ("{ key: path }", "the number of the segment is missing; write path.1"),
        ("{ key: path.0 }", "the number of the segment is none of 1 to 64"), ("{ key: path.65 }", "none of 1 to 64"),
        ("{ key: path.x }", "none of 1 to 64"), ("{ key: address.4 }", "`address` has no name behind it; write address alone"),
        ("{ key: [ host, host ] }", "hash.key[1]: `host` is listed twice"),
        ("{ key: [ header.A, header.a ] }", "hash.key[1]: `header.a` is listed twice"),
        ("{ key: [ path.1, path.2, path.3, path.4, path.5, path.6, path.7, path.8, path.9 ] }", "9 parts are too many; write at most 8"),
        ("{ key: { host: 1 } }", "hash.key: a single value is wanted"),
        ("{ key: host, max_load: 1 }", "hash.max_load: 1 is out of range; write a number from 1.01 to 10"),
        ("{ key: host, max_load: 10.001 }", "out of range"), ("{ key: host, max_load: 1.2345 }", "`1.2345` is no ratio"),
        ("{ key: host, max_load: -2 }", "`-2` is no ratio"), ("{ key: host, max_load: 125% }", "is no ratio"),
        ("{ key: host, hold: 5 }", "hash.hold: `5` is neither true nor false"), ("{ keys: host, key: host }", "did you mean `key`?"),
        ("host", "hash: a mapping is wanted here"),
    ])
    func `what cannot be used is refused`(hash: String, message: String) {
        let found = poolComplaint("balance: hash, hash: \(hash)")
        #expect(found.hasPrefix("6: pools.chat.hash"))
        #expect(found.contains(message))
        #expect(!found.contains("\n"))
    }

    @Test(arguments: ["", ", hash: ", ", hash: ~"])
    func `balance hash without a key is refused`(rest: String) {
        #expect(
            poolComplaint("balance: hash\(rest)")
                == "6: pools.chat.balance: `balance: hash` needs to know what to hash; write hash: { key: address }, or another key such as query.room"
        )
    }

    @Test(arguments: ["", "balance: round_robin, ", "balance: least_connections, "])
    func `a key without balance hash is refused`(balance: String) {
        let found = poolComplaint("\(balance)hash: { key: host }")
        #expect(found.hasPrefix("6: pools.chat.hash: `hash` belongs to `balance: hash`, and here it is "))
        #expect(found.hasSuffix("; write balance: hash, or remove `hash`"))
    }

    @Test func `of a balance that cannot be read nothing more is said`() {
        let found = poolComplaint("balance: hsh, hash: { key: host }, rebalance: on")
        #expect(found == "6: pools.chat.balance: `hsh` is none of the choices; did you mean `hash`?")
    }

    @Test(arguments: [("1.25", 1250), ("1", 1000), ("0.5", 500), ("1.01", 1010), ("2.125", 2125), ("999999.999", 999_999_999)])
    func `a ratio is read in thousandths, and written as it was`(text: String, perMille: Int) throws {
        #expect(try RatioText.read(text) == perMille)
        #expect(RatioText.write(perMille) == text)
    }

    @Test(arguments: ["", ".", "1.", ".5", "1.2.3", "1e3", "+1", "1,5", "1000000", "0.0001", "١", " 1"])
    func `what is no ratio is refused`(text: String) {
        #expect(throws: TextProblem.self) { try RatioText.read(text) }
    }
}
