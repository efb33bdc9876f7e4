import Testing

@testable import Supervisor

@Suite struct ConductTests {
    private func serving() -> Conduct {
        var conduct = Conduct()
        #expect(conduct.started() == .none)
        return conduct
    }

    @Test func `a storm of reload signals comes to one reload under way and one after it`() {
        var conduct = serving()
        #expect(conduct.took(.reload) == .startReload)
        for _ in 0..<100 { #expect(conduct.took(.reload) == .none) }
        #expect(conduct.readingEnded() == .startReload)
        #expect(conduct.readingEnded() == .none)
        #expect(conduct.took(.reload) == .startReload)
    }

    @Test func `a reload signal during the one more is not lost`() {
        var conduct = serving()
        _ = conduct.took(.reload)
        _ = conduct.took(.reload)
        #expect(conduct.readingEnded() == .startReload)
        #expect(conduct.took(.reload) == .none)
        #expect(conduct.readingEnded() == .startReload)
    }

    @Test func `a reload signal before the first configuration is served is obeyed once it is`() {
        var conduct = Conduct()
        #expect(conduct.took(.reload) == .none)
        #expect(conduct.started() == .startReload)
    }

    @Test func `a drain wins over a reload that was asked for`() {
        var conduct = serving()
        #expect(conduct.took(.reload) == .startReload)
        #expect(conduct.took(.reload) == .none)
        #expect(conduct.took(.drain) == .beginDrain)
        #expect(conduct.readingEnded() == .none)
        #expect(conduct.took(.reload) == .ignoreReload)
    }

    @Test func `the second signal to end is obeyed at once, and so is the first before anything is served`() {
        var conduct = serving()
        #expect(conduct.took(.drain) == .beginDrain)
        #expect(conduct.stage == .draining)
        #expect(conduct.took(.drain) == .exitNow)
        var starting = Conduct()
        #expect(starting.took(.drain) == .exitNow)
    }

    @Test func `a log can be reopened while serving and while draining`() {
        var conduct = serving()
        #expect(conduct.took(.reopenLog) == .reopenLog)
        _ = conduct.took(.drain)
        #expect(conduct.took(.reopenLog) == .reopenLog)
        #expect(conduct.took(.wake) == .none)
    }
}
