import Testing

@testable import Balancing

@Suite struct ShedPlanTests {
    private let second: UInt64 = 1_000_000_000

    private func moments(_ plan: ShedPlan) -> [UInt64] {
        (0..<Int(clamping: plan.total)).map { plan.moment(of: $0) }
    }

    @Test func `over a period the moments are even, the first at once, the last one step before the end`() {
        let plan = ShedPlan(.over(10 * second), tunnels: 5, at: 100 * second)
        #expect(moments(plan) == [100, 102, 104, 106, 108].map { $0 * second })
        #expect(plan.ends == 110 * second)
    }

    @Test func `at a rate so many come each second, however many there are`() {
        let plan = ShedPlan(.perSecond(50), tunnels: 200, at: 0)
        #expect(moments(plan).prefix(3) == [0, 20_000_000, 40_000_000])
        #expect(plan.ends == 4 * second)
        for time in stride(from: UInt64(0), to: 3 * second, by: 7_000_000) {
            let within = moments(plan).count { $0 >= time && $0 < time + second }
            #expect(within == 50)
        }
    }

    @Test(arguments: [
        (DrainPace.over(10_000), 7), (.over(3), 1000), (.over(0), 5), (.over(1), 1), (.perSecond(3), 100),
        (.perSecond(7_000_000_001), 50), (.perSecond(0), 3), (.over(999_999_937), 64),
    ])
    func `as many are due as have had their moment, at every time`(pace: DrainPace, tunnels: Int) {
        let plan = ShedPlan(pace, tunnels: tunnels, at: 1000)
        let all = moments(plan)
        #expect(all == all.sorted())
        #expect(all.allSatisfy { $0 >= 1000 && $0 <= plan.ends })
        for time in Set([0, 999, 1000, plan.ends] + all.flatMap { [$0 - 1, $0, $0 + 1] }) {
            #expect(plan.due(at: time) == all.count { $0 <= time })
        }
        #expect(plan.due(at: plan.ends) == tunnels)
    }

    @Test func `over a period a plan that grows spreads what is left over the time that is left`() {
        var plan = ShedPlan(.over(10 * second), tunnels: 10, at: 0)
        #expect(plan.due(at: 5 * second) == 6)
        plan.grow(to: 24, at: 5 * second)
        // Six are done; the next was to come at 6 s, and 18 fill the four seconds from there.
        #expect(plan.due(at: 5 * second) == 6)
        #expect(plan.moment(of: 6) == 6 * second)
        #expect(plan.due(at: 8 * second) == 16)
        #expect(plan.ends == 10 * second)
        #expect(plan.due(at: 10 * second) == 24)
        #expect(plan.moment(of: 23) < plan.ends)
    }

    @Test func `at a rate latecomers wait their turn, and the rate holds across a pause`() {
        var plan = ShedPlan(.perSecond(10), tunnels: 5, at: 0)
        plan.grow(to: 8, at: second / 5)
        #expect(plan.moment(of: 7) == second * 7 / 10)
        #expect(plan.due(at: second) == 8)
        plan.grow(to: 9, at: second)
        #expect(plan.moment(of: 8) == second)
        plan.grow(to: 10, at: second)
        #expect(plan.moment(of: 9) == second * 11 / 10)
        #expect(plan.due(at: second) == 9)
        #expect(plan.due(at: 2 * second) == 10)
    }

    @Test func `a plan that began without tunnels takes those that come, and one past its end closes them at once`() {
        var plan = ShedPlan(.over(10 * second), tunnels: 0, at: 0)
        #expect(plan.ends == 0 && plan.due(at: .max) == 0)
        plan.grow(to: 2, at: 4 * second)
        #expect(plan.moment(of: 0) == 4 * second && plan.moment(of: 1) == 7 * second)
        plan.grow(to: 3, at: 60 * second)
        #expect(plan.due(at: 60 * second) == 3)
        plan.grow(to: 1, at: 61 * second)
        #expect(plan.total == 3)
    }

    @Test(arguments: 0..<100)
    func `what is due never falls, and over a period all is due by the end, however the plan grows`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let period = UInt64.random(in: 0...5000, using: &random)
        let isPaced = Bool.random(using: &random)
        let rate = Int.random(in: 1...3_000_000, using: &random)
        var plan = ShedPlan(
            isPaced ? .perSecond(rate) : .over(period), tunnels: Int.random(in: 0...50, using: &random), at: 1000)
        var (due, now): (Int, UInt64) = (0, 1000)
        for _ in 0..<60 {
            now += UInt64.random(in: 0...100, using: &random)
            if Int.random(in: 0..<4, using: &random) == 0 {
                plan.grow(to: Int(plan.total) + Int.random(in: -3...20, using: &random), at: now)
            }
            #expect(plan.due(at: now) >= due)
            due = plan.due(at: now)
            #expect(due <= Int(plan.total))
            #expect(moments(plan) == moments(plan).sorted())
            #expect(moments(plan).allSatisfy { $0 <= plan.ends || isPaced == false && $0 <= 1000 + period })
        }
        if !isPaced { #expect(plan.due(at: max(now, 1000 + period)) == Int(plan.total)) }
    }

    @Test func `no number is too large and no clock too wrong`() {
        for pace in [DrainPace.over(.max), .over(0), .perSecond(.max), .perSecond(.min), .perSecond(1)] {
            for tunnels in [Int.min, 0, 1, Int.max] {
                for began in [UInt64(0), 1000, .max] {
                    var plan = ShedPlan(pace, tunnels: tunnels, at: began)
                    for now in [UInt64.max, 0, 1, began] {
                        #expect((0...max(0, tunnels)).contains(plan.due(at: now)))
                        #expect(plan.moment(of: .min) <= plan.moment(of: .max))
                        #expect(plan.moment(of: .max - 1) >= began)
                    }
                    plan.grow(to: .max, at: .max)
                    plan.grow(to: .max, at: 0)
                    #expect(plan.total == Int.max)
                    #expect(plan.due(at: .max) >= 0)
                }
            }
        }
    }
}
