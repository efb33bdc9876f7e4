import Glibc
import Testing
import Wire

@testable import Transport

@Suite struct SocketAddressTests {
    @Test func `an address is written as logs have it`() throws {
        let v4 = try SocketAddress(try #require(IPAddress("192.0.2.1")), port: 80)
        #expect(v4.description == "192.0.2.1:80" && v4.port == 80)
        let v6 = try SocketAddress(try #require(IPAddress("2001:db8::1")), port: 65535)
        #expect(v6.description == "[2001:db8::1]:65535")
        #expect("\(try SocketAddress(unixPath: "/run/app.sock"))" == "unix:/run/app.sock")
    }

    @Test func `a path has one to 107 bytes, and no NUL`() throws {
        let longest = "/" + String(repeating: "é", count: 53)
        #expect(longest.utf8.count == 107)
        #expect(try SocketAddress(unixPath: longest).description == "unix:" + longest)
        for path in ["", longest + "x", "/run/a\0b"] {
            #expect(throws: SystemError.self) { try SocketAddress(unixPath: path) }
        }
    }
}
