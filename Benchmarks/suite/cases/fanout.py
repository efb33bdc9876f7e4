"""One message of the backend to all tunnels at once."""

from suite.cases.window import Window

TUNNELS = 1000
# Milliseconds from one message to the next.
INTERVAL = 100


class FanOut(Window):
    """Every 100 ms the backend sends one message to each of 1,000 tunnels, one send after the other. What counts is the time from
    before the first send until the load has read the whole message on the last tunnel."""

    measures = f"one message to {TUNNELS} tunnels: ms until the last has it (p50)"
    figures = {"p99": f"one message to {TUNNELS} tunnels: ms until the last has it (p99)", "cpu": "proxy CPU, us per message delivered"}

    def tunnels(self, options):
        return TUNNELS

    def backend_mode(self):
        return "fanout"

    def backend_options(self, options):
        return {"tunnels": TUNNELS, "interval": INTERVAL, "bytes": options.bytes}

    def tool_options(self, options):
        return "gather", {"tunnels": TUNNELS}

    def finish(self, result):
        latency = result["latency_us"]
        figures = {"p99": latency["p99_us"] / 1000, "cpu": result["value"]}
        return result | {"value": latency["p50_us"] / 1000, "figures": figures}
