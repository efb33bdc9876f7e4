"""How long a message takes at a rate that every proxy should manage."""

import statistics

from suite.cases.echo import Echo, Steady
from suite.peers import competitors
from suite.process import Failure

# Of the most that the best peer carries.
SHARE = 0.5

# Measurements of what a peer carries.
TRIALS = 3


class Latency(Steady):
    """Fixed rate, the same for all: half of what the best peer carries in a closed loop with 200 tunnels, which is measured first.
    Latency counts from when a message was due, not from when it was sent (coordinated omission)."""

    measures = ""
    figures = {
        "p50": "us to an echo, at half the best peer's capacity: median",
        "p99": "us to an echo, at half the best peer's capacity: 99%",
        "p99.9": "us to an echo, at half the best peer's capacity: 99.9%",
    }
    digits = 0

    def __init__(self, name, tls, tunnels):
        super().__init__(name, tls, tunnels, rate=1)

    def prepare(self, bench, peers):
        if bench.options.latency_rate:
            self.rate = bench.options.latency_rate
            return {"rate": self.rate}
        carried = {}
        for name in competitors(peers) or list(peers):
            try:
                trials = [Echo(self.name, self.tls).measure(bench, peers[name]) for _ in range(min(TRIALS, bench.options.repeats))]
            except Failure as failure:
                print(f"{self.name}: {name}'s capacity is not known: {failure}", flush=True)
                continue
            carried[name] = statistics.median(trial["units_a_second"] for trial in trials)
        if not carried:
            raise Failure("nobody's capacity is known; --latency-rate tells one")
        self.rate = SHARE * max(carried.values())
        print(f"{self.name}: {self.rate:.0f} messages a second, half of what {max(carried, key=carried.get)} carries", flush=True)
        return {"rate": self.rate, "capacity": carried}

    def finish(self, result):
        # Whoever cannot keep up shows it by latency.
        latency = result["latency_us"]
        figures = {"p50": latency["p50_us"], "p99": latency["p99_us"], "p99.9": latency["p999_us"]}
        return result | {"cpu_us_a_message": result["value"], "value": latency["p99_us"], "figures": figures}
