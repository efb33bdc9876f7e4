"""Bulk from the backend to the clients."""

from suite.cases.window import Window


class Push(Window):
    """20 tunnels; the backend pushes messages of 16 KiB as fast as they are taken."""

    measures = "proxy CPU, ns per KiB pushed"
    scale = 1
    digits = 0
    unit = "KiB"

    def tunnels(self, options):
        return 20

    def backend_mode(self):
        return "flood"

    def tool_options(self, options):
        return "sink", {"tunnels": 20}

    def units(self, end):
        return end["received_bytes"] / 1024
