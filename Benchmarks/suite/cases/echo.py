"""Small messages to and fro."""

from suite.cases.window import Window
from suite.process import Failure

# By so much may what went through differ from the rate that was demanded.
TOLERANCE = 0.1


class Echo(Window):
    """Closed loop: every tunnel sends the next message when the echo of the last is there."""

    measures = "proxy CPU, us per echoed message"

    def tunnels(self, options):
        return options.echo_tunnels

    def tool_options(self, options):
        return "echo", {"tunnels": options.echo_tunnels, "bytes": options.bytes}


class Steady(Window):
    """Fixed rate: so many messages a second in all, evenly spread over tunnels, on a schedule that does not wait for echoes."""

    measures = "proxy CPU, us per echoed message"

    def __init__(self, name, tls, tunnels, rate, payload=256):
        super().__init__(name, tls)
        self.count = tunnels
        self.rate = rate
        self.payload = payload

    def tunnels(self, options):
        return self.count

    def tool_options(self, options):
        return "echo", {"tunnels": self.count, "bytes": self.payload, "rate": self.rate / self.count}

    def warmup(self, options):
        # Every tunnel has said something before the window.
        return max(options.warmup, self.count / self.rate)

    def finish(self, result):
        # A load that fell behind sends what it owes at once, and what comes at once is cheap.
        went = result["units_a_second"]
        if abs(went / self.rate - 1) > TOLERANCE:
            raise Failure(f"{self.rate:.0f} messages a second were demanded, {went:.0f} went through: the machine or the proxy is too busy")
        return result
