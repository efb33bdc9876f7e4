"""Memory that comes back."""

import time

from suite.cases.idle import Idle, settled_memory

TUNNELS = 9000
# Seconds after the last tunnel closed in which a proxy may tidy up.
REST = 10


class Release(Idle):
    """The idle case with 9,000 tunnels, each of which has echoed one message; then they close at once."""

    measures = f"resident memory {REST} s after {TUNNELS} tunnels closed, relative to the start"
    digits = 2
    figures = {"peak": "resident memory with all tunnels open, relative to the start"}

    def __init__(self, name, tls):
        super().__init__(name, tls, touch=True)

    def tunnels(self, options):
        return TUNNELS

    def settle(self, proxy):
        time.sleep(REST)
        return settled_memory(proxy)

    def finish(self, result):
        start = result["before"]["rss"]
        return result | {"value": result["after_close"]["rss"] / start, "figures": {"peak": result["during"]["rss"] / start}}
