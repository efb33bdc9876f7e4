import Telemetry
import Testing

@Suite("Hiding secrets in query strings")
struct QueryMaskTests {
    private func masked(_ query: String) -> String {
        String(decoding: QueryMask.masked(Array(query.utf8)[...]), as: UTF8.self)
    }

    @Test("A8: values of secret-looking keys are hidden", arguments: [
        "token", "access_token", "ACCESS-TOKEN", "api_key", "apikey", "key", "secret", "client_secret", "password", "passwd",
        "pwd", "auth", "authorization", "jwt", "sig", "signature", "X-Amz-Signature", "session", "sessionid", "code", "sid",
        "auth[api-key]", "access%5ftoken", "%74oken", "to%256ben",
    ])
    func secrets(_ key: String) {
        #expect(masked("a=1&\(key)=hunter2&b=2") == "a=1&\(key)=***&b=2")
        #expect(masked("\(key)=hunter2") == "\(key)=***")
    }

    @Test("what is no secret stays readable", arguments: [
        "room=42", "user=anna&page=2", "q=", "flag", "", "&&", "=x", "token=", "zipcode2=1", "v=1;w=2",
    ])
    func harmless(_ query: String) {
        #expect(masked(query) == query)
    }

    @Test("a JSON Web Token is hidden whatever its key is called, and without any key")
    func tokens() {
        #expect(masked("t=eyJhbGciOi.J9.x&a=1") == "t=***&a=1")
        #expect(masked("eyJhbGciOi.J9.x") == "***")
    }

    @Test("a semicolon separates as well as an ampersand, and an equals sign inside a value hides nothing from us")
    func separators() {
        #expect(masked("a=1;token=x;b=2") == "a=1;token=***;b=2")
        #expect(masked("token=a=b=c&d=1") == "token=***&d=1")
    }

    @Test("a query longer than a log field is cut before it is looked at, and no secret shows through the cut")
    func long() {
        let filler = String(repeating: "a", count: LogLine.fieldLimit - 8)
        #expect(masked("\(filler)&token=secretsecret") == "\(filler)&token=***...")
        #expect(masked("token=" + String(repeating: "s", count: 5000)) == "token=***...")
    }

    @Test("half an escape at the end is no escape")
    func escapes() {
        #expect(masked("to%6=1") == "to%6=1")
        #expect(masked("%=1&%zz=2") == "%=1&%zz=2")
    }
}
