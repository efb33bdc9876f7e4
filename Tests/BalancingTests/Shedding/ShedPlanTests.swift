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
    func `moments come in order, all of them between the beginning and the end`(pace: DrainPace, tunnels: Int) {
        let plan = ShedPlan(pace, tunnels: tunnels, at: 1000)
        let all = moments(plan)
        #expect(all.first == 1000 && all.count == tunnels && all == all.sorted())
        #expect(all.allSatisfy { $0 <= plan.ends } && plan.moment(of: tunnels) == plan.ends && plan.moment(of: -1) == 1000)
        if case .over(let period) = pace { #expect(plan.ends == 1000 + period) }
    }

    @Test func `a plan without tunnels ends as it begins`() {
        for pace in [DrainPace.over(10 * second), .perSecond(10)] {
            let plan = ShedPlan(pace, tunnels: 0, at: 5)
            #expect(plan.ends == 5 && plan.moment(of: 0) == 5)
        }
    }

    @Test func `no number is too large and no clock too wrong`() {
        for pace in [DrainPace.over(.max), .over(0), .perSecond(.max), .perSecond(.min), .perSecond(1)] {
            for tunnels in [Int.min, 0, 1, Int.max] {
                for began in [UInt64(0), 1000, .max] {
                    let plan = ShedPlan(pace, tunnels: tunnels, at: began)
                    #expect(plan.moment(of: .min) <= plan.moment(of: .max))
                    #expect(plan.moment(of: .max - 1) >= began && plan.ends >= began)
                }
            }
        }
    }
}
