import Testing

@testable import Routing

@Suite struct RouteTableTests {
    /// Routes as `HOST PATH` or `HOST PATH @listener,listener`; each one's target is its own text.
    private func table(_ lines: [String], listeners: [String] = ["main"]) throws -> RouteTable<String> {
        RouteTable(routes: try lines.map(route), listeners: listeners)
    }

    private func route(_ line: String) throws -> Route<String> {
        let words = line.split(separator: " ").map(String.init)
        let listeners = words.count > 2 ? Set(words[2].dropFirst().split(separator: ",").map(String.init)) : nil
        return Route(
            name: line, host: try HostPattern(parsing: words[0]), path: try PathPattern(parsing: words[1]),
            listeners: listeners, target: line)
    }

    private func match(_ table: RouteTable<String>, _ host: String?, _ path: String, _ listener: Int = 0) -> String? {
        table.match(host: host.map { Array($0.utf8) }, path: Array(path.utf8), listener: listener)
    }

    @Test func `a prefix matches its path and what is below, on segment borders`() throws {
        let table = try table(["* /ws/*"])
        for path in ["/ws", "/ws/", "/ws/a", "/ws/a/b", "/ws//"] {
            #expect(match(table, nil, path) == "* /ws/*")
        }
        for path in ["/", "/w", "/wsx", "/wsx/a", "/WS", "/a/ws", "", "ws", "*", "/ws%2Fa"] {
            #expect(match(table, nil, path) == nil)
        }
    }

    @Test func `the empty prefix matches every path that begins with a slash`() throws {
        let table = try table(["* /*"])
        for path in ["/", "/a", "//", "/a/b?"] { #expect(match(table, "h", path) == "* /*") }
        #expect(match(table, "h", "*") == nil)
        #expect(match(table, "h", "") == nil)
    }

    @Test func `an exact path matches itself alone`() throws {
        let table = try table(["* /voice"])
        #expect(match(table, nil, "/voice") == "* /voice")
        for path in ["/voice/", "/voice/a", "/voic", "/", ""] { #expect(match(table, nil, path) == nil) }
    }

    @Test func `the exact path wins, then the longest prefix, whatever their order`() throws {
        let lines = ["* /*", "* /a/*", "* /a/b/*", "* /a/b", "* /a/b/c"]
        for lines in [lines, lines.reversed()] {
            let table = try table(lines)
            #expect(match(table, nil, "/a/b") == "* /a/b")
            #expect(match(table, nil, "/a/b/c") == "* /a/b/c")
            #expect(match(table, nil, "/a/b/c/d") == "* /a/b/*")
            #expect(match(table, nil, "/a/bc") == "* /a/*")
            #expect(match(table, nil, "/ab") == "* /*")
        }
    }

    @Test func `the exact host wins, then the longest suffix, then any`() throws {
        let table = try table(["* /*", "*.com /*", "*.example.com /*", "chat.example.com /*"])
        #expect(match(table, "chat.example.com", "/") == "chat.example.com /*")
        #expect(match(table, "x.example.com", "/") == "*.example.com /*")
        #expect(match(table, "a.b.example.com", "/") == "*.example.com /*")
        #expect(match(table, "example.com", "/") == "*.com /*")
        #expect(match(table, "notexample.com", "/") == "*.com /*")
        #expect(match(table, "com", "/") == "* /*")
        #expect(match(table, "example.org", "/") == "* /*")
        #expect(match(table, nil, "/") == "* /*")
    }

    @Test func `a suffix never matches the bare domain, an empty label or a part of a label`() throws {
        let table = try table(["*.example.com /*"])
        for host in ["example.com", ".example.com", "xexample.com", "example.com.evil", "m", ""] {
            #expect(match(table, host, "/") == nil)
        }
        #expect(match(table, "x.example.com", "/") == "*.example.com /*")
    }

    @Test func `a host without the path hands on to less specific hosts, step by step`() throws {
        let table = try table([
            "a.b.example.com /only", "*.b.example.com /b/*", "*.example.com /e/*", "* /any/*",
        ])
        #expect(match(table, "a.b.example.com", "/only") == "a.b.example.com /only")
        #expect(match(table, "a.b.example.com", "/b/x") == "*.b.example.com /b/*")
        #expect(match(table, "a.b.example.com", "/e/x") == "*.example.com /e/*")
        #expect(match(table, "a.b.example.com", "/any") == "* /any/*")
        #expect(match(table, "a.b.example.com", "/none") == nil)
    }

    @Test func `a less specific host's exact path does not beat a more specific host's prefix`() throws {
        let table = try table(["* /a/b", "h.example /a/*"])
        #expect(match(table, "h.example", "/a/b") == "h.example /a/*")
    }

    @Test func `one final dot of a host is looked past`() throws {
        let table = try table(["chat.example.com /*", "*.example.org /*"])
        #expect(match(table, "chat.example.com.", "/") == "chat.example.com /*")
        #expect(match(table, "x.example.org.", "/") == "*.example.org /*")
        #expect(match(table, "chat.example.com..", "/") == nil)
        #expect(match(table, ".", "/") == nil)
    }

    @Test func `a route of some listeners is not seen by the others`() throws {
        let table = try table(["* /* @inner", "* /a @outer,inner", "* /open"], listeners: ["outer", "inner"])
        #expect(match(table, nil, "/x", 0) == nil)
        #expect(match(table, nil, "/x", 1) == "* /* @inner")
        #expect(match(table, nil, "/a", 0) == "* /a @outer,inner")
        #expect(match(table, nil, "/open", 0) == "* /open")
        #expect(match(table, nil, "/open", 1) == "* /open")
        #expect(table.index(ofListener: "inner") == 1)
        #expect(table.index(ofListener: "none") == nil)
    }

    @Test(arguments: [-1, 1, 2, Int.max, Int.min])
    func `a listener the table does not know matches nothing`(listener: Int) throws {
        #expect(match(try table(["* /*"]), "h", "/", listener) == nil)
    }

    @Test func `parts of a larger piece of memory are compared by their bytes`() throws {
        let table = try table(["chat.example.com /ws/*", "*.example.org /v"])
        let bytes = Array("xx/ws/room chat.example.com a.example.org /v".utf8)
        let first = table.position(host: bytes.span.extracting(11..<27), path: bytes.span.extracting(2..<10), listener: 0)
        let second = table.position(host: bytes.span.extracting(28..<41), path: bytes.span.extracting(42..<44), listener: 0)
        #expect(first == 0 && second == 1)
    }

    @Test func `a thousand routes are all found`() throws {
        let lines = (0..<1000).map { "h\($0 % 50).example.com /p\($0)/*" }
        let table = try table(lines)
        for (index, line) in lines.enumerated() {
            #expect(match(table, "h\(index % 50).example.com", "/p\(index)/x") == line)
            #expect(match(table, "h\((index + 1) % 50).example.com", "/p\(index)/x") == nil)
        }
    }

    @Test func `two routes with one host, one path and a listener in common are ambiguous`() throws {
        func pairs(_ lines: [String]) throws -> [RouteAmbiguity] { RouteTable.ambiguities(in: try lines.map(route)) }
        #expect(try pairs(["h /a", "h /a"]) == [RouteAmbiguity(first: 0, second: 1)])
        #expect(try pairs(["h /a", "H. /%61"]) == [RouteAmbiguity(first: 0, second: 1)])
        #expect(try pairs(["h /a @x", "h /a"]) == [RouteAmbiguity(first: 0, second: 1)])
        #expect(try pairs(["h /a @x,y", "h /a @z", "h /a @y,w"]) == [RouteAmbiguity(first: 0, second: 2)])
        #expect(try pairs(["* /*", "* /*", "* /*"]).map(\.second) == [1, 2])
        #expect(try pairs(["h /a", "h /a/*", "* /a", "*.h /a", "h /b"]).isEmpty)
        #expect(try pairs(["h /a @x", "h /a @y"]).isEmpty)
    }

    @Test func `of ambiguous routes the first is taken`() throws {
        let routes = ["first", "second"].map {
            Route(name: $0, host: .any, path: .prefix([]), target: $0)
        }
        let table = RouteTable(routes: routes, listeners: ["main"])
        #expect(table.match(host: nil, path: Array("/".utf8), listener: 0) == "first")
    }
}
