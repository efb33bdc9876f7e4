"""Small messages to and fro."""

from suite.cases.window import Window


class Echo(Window):
    """Closed loop: every tunnel sends the next message when the echo of the last is there."""

    measures = "proxy CPU, us per echoed message"

    def tunnels(self, options):
        return options.echo_tunnels

    def tool_options(self, options):
        return "echo", {"tunnels": options.echo_tunnels, "bytes": options.bytes}


class Paced(Window):
    """Fixed rate: 1,000 tunnels, 5 messages of 256 bytes a second each, on a schedule that does not wait for echoes."""

    measures = "proxy CPU, us per echoed message"

    def tunnels(self, options):
        return 1000

    def tool_options(self, options):
        return "echo", {"tunnels": 1000, "bytes": 256, "rate": 5}
